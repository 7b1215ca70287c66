//! The list of settings, as `--help` and the README show it.

/// One setting, as `--help` and the README show it.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Its path in the TOML file.
    pub path: &'static str,
    /// What it is when nobody says.
    pub default: &'static str,
    /// What it may be and what it does.
    pub meaning: &'static str,
}

/// The defaults that `validation = gpd` brings along.
pub(super) const GPD_DEFAULTS: &[(&str, &str)] = &[("syntax_fault", "xsd"), ("orphan_receipt", "fault_sconosciuto")];

/// Every setting there is.
pub const KNOWN: &[Known] = &[
    Known { path: "listen", default: "127.0.0.1:8080", meaning: "address and port to listen on" },
    Known {
        path: "database.url",
        default: "sqlite://ec-station.db",
        meaning: "where the data is: sqlite://FILE, or postgres://USER:PASSWORD@HOST/DATABASE",
    },
    Known {
        path: "database.read_connections",
        default: "8",
        meaning: "reads that run at the same time; more of them wait",
    },
    Known {
        path: "database.write_connections",
        default: "8",
        meaning: "writes that run at the same time on PostgreSQL; SQLite has one pen",
    },
    Known {
        path: "database.connect_seconds",
        default: "2",
        meaning: "how long a read waits for a connection, in seconds",
    },
    Known { path: "database.write_seconds", default: "5", meaning: "how long a write waits for its turn, in seconds" },
    Known { path: "database.statement_seconds", default: "3", meaning: "how long one statement may take, in seconds" },
    Known {
        path: "database.durable",
        default: "true",
        meaning: "true | false: whether a receipt is on the disk before its OK; false loses money in a power cut",
    },
    Known {
        path: "public_url",
        default: "",
        meaning: "the station's address as the Node calls it, for the served WSDL; empty: the address of the call",
    },
    Known {
        path: "validation",
        default: "strict",
        meaning: "strict | gpd: how positions are checked, and whose manners the Node meets",
    },
    Known {
        path: "syntax_fault",
        default: "extraxsd",
        meaning: "extraxsd | xsd: the code for messages that break the contract; with validation gpd it is xsd by default",
    },
    Known {
        path: "duplicate_receipt",
        default: "ko",
        meaning: "ok | ko: the answer to a receipt that was stored before",
    },
    Known {
        path: "orphan_receipt",
        default: "ok",
        meaning: "ok | fault_sconosciuto | fault_semantica: the answer to a receipt that no position knows; with validation gpd it is fault_sconosciuto by default",
    },
    Known {
        path: "v1_transfer_metadata",
        default: "false",
        meaning: "true | false: whether paGetPayment sends the metadata of transfers, which older Nodes do not know",
    },
    Known {
        path: "on_store_down",
        default: "fault",
        meaning: "fault | unavailable: verify and get answer a system error, or 503 so that the Node's stand-in starts",
    },
    Known {
        path: "archive.reads",
        default: "async",
        meaning: "async | sync | off: verify, get and demand are in the journal soon after their answer, before it, or without their bodies",
    },
    Known {
        path: "api.calls",
        default: "0",
        meaning: "calls of the operators' API that a key has in each window (429 above); 0: no limit",
    },
    Known { path: "api.window_seconds", default: "10", meaning: "how long such a window is, in seconds" },
    Known {
        path: "pay.public_url",
        default: "",
        meaning: "the front office's address as citizens reach it, such as https://pay.example.org; empty: the address of the call",
    },
    Known {
        path: "pay.checkout_url",
        default: "",
        meaning: "where Checkout takes carts, such as https://api.platform.pagopa.it/checkout/ec/v1; empty: the page says where else one can pay",
    },
    Known { path: "pay.checkout_key", default: "", meaning: "the subscription key for Checkout" },
    Known {
        path: "quota.calls",
        default: "1440",
        meaning: "calls of the front office that an account has free on a day; those beyond are counted as billable",
    },
    Known {
        path: "quota.hard",
        default: "false",
        meaning: "true | false: whether calls beyond the quota are refused (429) instead",
    },
    Known {
        path: "quota.call_price",
        default: "0",
        meaning: "what a billable call costs, in euro without VAT, such as 0.001",
    },
    Known {
        path: "quota.payment_credit",
        default: "0",
        meaning: "what an account is credited for each payment that went through, in euro, such as 0.20",
    },
    Known {
        path: "outbox.http",
        default: "false",
        meaning: "true | false: whether callbacks and webhooks may go over http, for trials at a desk",
    },
    Known {
        path: "outbox.private_addresses",
        default: "false",
        meaning: "true | false: whether they may go to private, link-local and loopback addresses, for intranets",
    },
    Known {
        path: "outbox.timeout_ms",
        default: "10000",
        meaning: "how long a receiver's answer may take, in milliseconds",
    },
    Known {
        path: "sandbox.listen",
        default: "127.0.0.1:8081",
        meaning: "address and port of the Node of `ec-station sandbox`",
    },
    Known {
        path: "sandbox.receipts",
        default: "send",
        meaning: "send | hold: whether that Node sends its receipts by itself, or keeps them until somebody asks",
    },
    Known {
        path: "sandbox.attempts",
        default: "48",
        meaning: "how often that Node sends a receipt that gets no answer, before it leaves it parked",
    },
    Known {
        path: "sandbox.retry_ms",
        default: "3600000",
        meaning: "how long it waits before it sends one again, in milliseconds",
    },
    Known {
        path: "sandbox.token_ms",
        default: "1800000",
        meaning: "how long a payment token lives unless the PSP wants less, in milliseconds",
    },
    Known {
        path: "sandbox.timeout_ms",
        default: "7000",
        meaning: "how long it waits for an answer of the station, in milliseconds",
    },
    Known {
        path: "sandbox.receipt_timeout_ms",
        default: "15000",
        meaning: "how long it waits for the answer to a receipt, in milliseconds",
    },
    Known { path: "limits.body_bytes", default: "4194304", meaning: "largest request, in bytes (413 above)" },
    Known { path: "limits.depth", default: "32", meaning: "deepest nesting of XML elements" },
    Known { path: "limits.attributes", default: "64", meaning: "most attributes of an XML element" },
    Known { path: "limits.elements", default: "20000", meaning: "most elements of an XML message" },
    Known {
        path: "limits.receive_seconds",
        default: "10",
        meaning: "time to receive the head of a request, and again its body, in seconds",
    },
    Known { path: "log.format", default: "text", meaning: "text | json" },
    Known {
        path: "log.level",
        default: "info",
        meaning: "error | warn | info | debug | trace, or a filter such as info,sqlx=warn",
    },
];

/// Which setting was probably meant.
pub(super) fn nearest(path: &str) -> String {
    let flat = |path: &str| path.replace('.', "_");
    let known = KNOWN.iter().map(|known| (strsim::jaro_winkler(&flat(known.path), &flat(path)), known.path));
    match known.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((likeness, path)) if likeness > 0.8 => format!("; perhaps {path}?"),
        _ => String::new(),
    }
}
