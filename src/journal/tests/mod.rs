//! Entries: what they show and what they speak of.

pub(super) mod given;

#[test]
fn entries_do_not_show_what_they_hold() {
    let exchange = given::a_verify("307000000001234573");
    assert_eq!(format!("{exchange:?}"), "Exchange(Exchange(not shown))");
    assert_eq!(format!("{:?}", given::an_event("307000000001234573")), "Event(Event(not shown))");
}

#[test]
fn an_entry_speaks_of_its_notice_iuv_and_receipt() {
    let exchange = given::a_receipt("307000000001234573");
    for (name, spoken_of) in [
        ("307000000001234573", true),
        ("07000000001234573", true),
        ("receipt-of-307000000001234573", true),
        ("307000000001234674", false),
        ("", false),
    ] {
        assert_eq!(exchange.speaks_of(name), spoken_of, "{name}");
    }
}
