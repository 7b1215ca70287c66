//! Settings that are one of a few words.

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok($name::$variant),)+
                    _ => Err(format!("must be one of: {}", [$($text),+].join(", "))),
                }
            }
        }
    };
}

choice! {
    /// The code for messages that break the contract.
    SyntaxFault {
        /// The catalogue's.
        ExtraXsd = "extraxsd",
        /// GPD's.
        Xsd = "xsd",
    }
}
choice! {
    /// The answer to a receipt that was stored before.
    DuplicateReceipt {
        /// `PAA_RECEIPT_DUPLICATA`.
        Ko = "ko",
        /// OK.
        Ok = "ok",
    }
}
choice! {
    /// The answer to a receipt that no position knows.
    OrphanReceipt {
        /// OK, and an anomaly for the operators.
        Ok = "ok",
        /// `PAA_PAGAMENTO_SCONOSCIUTO`.
        FaultSconosciuto = "fault_sconosciuto",
        /// `PAA_SEMANTICA`.
        FaultSemantica = "fault_semantica",
    }
}
choice! {
    /// How reads sound when the store is down.
    OnStoreDown {
        /// `PAA_SYSTEM_ERROR`: the station stays available to the Node.
        Fault = "fault",
        /// 503: the Node may start its stand-in.
        Unavailable = "unavailable",
    }
}
choice! {
    /// When calls that change nothing come into the journal.
    ArchiveReads {
        /// Soon after the answer: it never waits.
        Async = "async",
        /// Before the answer, or the answer is a failure.
        Sync = "sync",
        /// Soon after the answer, and without the bodies.
        Off = "off",
    }
}
choice! {
    /// What the Node of the sandbox does with its receipts.
    Receipts {
        /// It sends them at once.
        Send = "send",
        /// It keeps them until somebody asks for them.
        Hold = "hold",
    }
}
choice! {
    /// How log lines look.
    LogFormat {
        /// For people.
        Text = "text",
        /// For machines: one JSON object a line.
        Json = "json",
    }
}
