//! In German.

use super::{Said, Texts};

pub(in crate::pay::page) const GERMAN: Texts = Texts {
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],

    site: "pagoPA-Zahlungen",
    skip: "Zum Inhalt",
    languages: "Sprache",
    footer: "Bezahlung einer pagoPA-Zahlungsmitteilung. Diese Seite verwendet keine Cookies und speichert nur, was Sie \
             eingeben und wann Sie eine Zahlung beginnen.",
    error_prefix: "Fehler: ",
    check: "Überprüfen Sie Ihre Angaben",

    creditor: "Gläubigerkörperschaft",
    creditor_code: "Steuernummer der Körperschaft",
    office: "Amt",
    reason: "Zahlungsgrund",
    notice: "Nummer der Zahlungsmitteilung",
    amount: "Betrag",
    due: "Fälligkeit",

    which: Said {
        title: "Welche Zahlungsmitteilung möchten Sie bezahlen?",
        text: "Die Angaben stehen auf der pagoPA-Zahlungsmitteilung. Geben Sie sie ein, oder fügen Sie den Text des \
               QR-Codes ein.",
    },
    by_hand: "Angaben der Zahlungsmitteilung eingeben",
    creditor_hint: "11 Ziffern, auf der Mitteilung neben dem Namen der Körperschaft",
    notice_hint: "18 Ziffern; Leerzeichen zählen nicht",
    by_code: "Oder den Text des QR-Codes einfügen",
    qr: "Text des QR-Codes",
    qr_hint: "Er beginnt mit PAGOPA|002|",
    go_on: "Weiter",
    creditor_wrong: "Die Steuernummer der Körperschaft hat 11 Ziffern",
    notice_wrong: "Die Nummer der Zahlungsmitteilung hat 18 Ziffern",
    qr_wrong: "Das ist nicht der Text des QR-Codes einer pagoPA-Zahlungsmitteilung",

    payable: "Zahlungsmitteilung bezahlen",
    as_of: |when| format!("Betrag, Stand {when}."),
    overdue: "Die Fälligkeit ist verstrichen: Die Zahlungsmitteilung kann noch bezahlt werden.",
    may_change: "Der Betrag kann sich bis zur Zahlung ändern, zum Beispiel durch Nachlässe, Zinsen oder Strafen. Wer die \
                 Zahlung ausführt, kann eine Gebühr hinzufügen.",
    payer: Said {
        title: "Ihre Angaben",
        text: "Alle Angaben sind freiwillig. Was Sie eingeben, erfährt auch die Stelle, die Sie auf diese Seite \
               geleitet hat. Die E-Mail-Adresse wird an Checkout weitergegeben und dort für das Ergebnis der Zahlung \
               vorgeschlagen.",
    },
    email: "E-Mail-Adresse",
    email_hint: "Zum Beispiel name@example.org",
    email_wrong: "Geben Sie eine E-Mail-Adresse wie name@example.org ein, oder lassen Sie das Feld leer",
    first_name: "Vorname",
    surname: "Nachname",
    name_wrong: "Verwenden Sie höchstens 70 Zeichen",
    telephone: "Telefon",
    telephone_wrong: "Geben Sie eine Telefonnummer wie +39 06 123456 ein, oder lassen Sie das Feld leer",
    pay: |amount| format!("{amount} bezahlen"),
    where_to: "Sie gelangen zur Website Checkout von pagoPA, wo Sie die Zahlungsart wählen.",

    again: Said {
        title: "Achtung: Eine Zahlung wurde bereits begonnen",
        text: "Versuchen Sie es nur dann noch einmal, wenn Sie sie nicht abgeschlossen haben. Sonst warten Sie bitte auf \
               die Quittung: Sie könnten zweimal bezahlen.",
    },
    gave_up: Said {
        title: "Sie haben die Zahlungsseite verlassen.",
        text: "Hier ist keine Quittung der Zahlung eingegangen.",
    },
    went_wrong: Said {
        title: "Die Zahlungsseite meldet einen Fehler",
        text: "Ein Fehler schließt eine Abbuchung nicht aus: Wenn der Betrag abgebucht wurde, warten Sie bitte auf \
               die Quittung.",
    },
    too_many_requests: "Für diese Zahlungsmitteilung sind zu viele Zahlungsanfragen offen. Bezahlen Sie sie auf einem der anderen Wege.",
    no_checkout_now: Said {
        title: "Die Zahlungsseite antwortet nicht so, wie sie sollte",
        text: "Mit diesem Versuch wurde nichts abgebucht. Versuchen Sie es in einigen Minuten noch einmal, oder bezahlen Sie auf einem \
               der anderen Wege.",
    },

    elsewhere: Said {
        title: "Andere Zahlungswege",
        text: "Mit der Nummer der Zahlungsmitteilung und der Steuernummer der Körperschaft können Sie auch bezahlen:",
    },
    only_elsewhere: Said {
        title: "Wo Sie bezahlen können",
        text: "Auf dieser Seite kann nicht bezahlt werden. Mit der Nummer der Zahlungsmitteilung und der Steuernummer \
               der Körperschaft können Sie bezahlen:",
    },
    places: [
        "mit der App IO oder mit der App und der Website Ihrer Bank (Dienste pagoPA oder CBILL)",
        "in der Bank, am Schalter oder an einem dafür eingerichteten Geldautomaten",
        "in angeschlossenen Geschäften wie Tabakläden, Bars und Supermärkten",
    ],
    post_office: "im Postamt, auf der Website oder mit der App von Poste Italiane",

    in_progress: "Zahlung in Bearbeitung",
    sent: |when| format!("Die Zahlung wurde begonnen: {when}."),
    receipt_decides: "Wir haben die Quittung noch nicht, die allein die Zahlung beweist. Meist kommt sie innerhalb \
                      weniger Minuten, manchmal erst am nächsten Tag. Sie können diese Seite schließen und später \
                      wiederkommen.",
    refresh: "Aktualisieren",
    not_done: Said {
        title: "Haben Sie die Zahlung nicht abgeschlossen?",
        text: "Wenn Sie die Zahlungsseite vorzeitig verlassen haben, können Sie es noch einmal versuchen.",
    },
    try_again: "Noch einmal bezahlen",

    paid: Said { title: "Zahlung ausgeführt", text: "Die Quittung ist da: Die Zahlungsmitteilung ist bezahlt." },
    paid_amount: "Bezahlter Betrag",
    fee: "Gebühr",
    total: "Gesamtbetrag",
    paid_on: "Datum und Uhrzeit der Zahlung",
    psp: "Zahlungsdienstleister",
    receipt: "Nummer der Quittung",
    receipt_pdf: "Quittung herunterladen (PDF)",
    failed: Said {
        title: "Zahlung fehlgeschlagen",
        text: "Laut einer Quittung ist eine Zahlung dieser Zahlungsmitteilung nicht zustande gekommen.",
    },

    already_paid: Said {
        title: "Zahlungsmitteilung bereits bezahlt",
        text: "Die Zahlungsmitteilung wurde auf einem anderen Weg bezahlt: Es ist nichts mehr zu tun. Die Quittung \
               erhalten Sie bei der Stelle, die die Zahlung ausgeführt hat, oder bei der Körperschaft.",
    },
    expired: Said {
        title: "Zahlungsmitteilung abgelaufen",
        text: "Die Fälligkeit ist verstrichen und die Zahlungsmitteilung kann nicht mehr bezahlt werden. Fragen Sie die \
               Körperschaft, ob es eine neue gibt.",
    },
    cancelled: Said {
        title: "Zahlungsmitteilung annulliert",
        text: "Die Körperschaft hat die Zahlungsmitteilung annulliert: Sie ist nicht zu bezahlen. Auskunft gibt die \
               Körperschaft.",
    },
    not_yet: Said {
        title: "Zahlungsmitteilung noch nicht zahlbar",
        text: "Die Körperschaft hat die Bezahlung dieser Zahlungsmitteilung noch nicht eröffnet. Kommen Sie später \
               wieder, oder wenden Sie sich an die Körperschaft.",
    },
    superseded: Said {
        title: "Zahlungsmitteilung nicht mehr zahlbar",
        text: "Die Bezahlung dieser Schuld hat mit anderen Zahlungsmitteilungen begonnen, zum Beispiel in Raten: Fahren \
               Sie mit jenen fort.",
    },
    unknown: Said {
        title: "Zahlungsmitteilung nicht gefunden",
        text: "Wir finden keine Zahlungsmitteilung mit diesen Angaben. Überprüfen Sie sie auf der Mitteilung, oder \
               wenden Sie sich an die Körperschaft.",
    },
    unpresentable: Said {
        title: "Zahlungsmitteilung derzeit nicht zahlbar",
        text: "Die Angaben der Zahlungsmitteilung müssen berichtigt werden. Wenden Sie sich an die \
               Körperschaft.",
    },
    sent_before: "Von dieser Seite aus wurde bereits eine Zahlung begonnen. Wenn Sie sie abgeschlossen haben, erscheint \
                  die Quittung hier.",

    open_page: "Zahlungsseite öffnen",
    not_found: Said {
        title: "Seite nicht gefunden",
        text: "Die Adresse gehört zu keiner Zahlungsanfrage. Überprüfen Sie, ob Sie sie ganz kopiert haben.",
    },
    wrong_method: Said {
        title: "Diese Seite lässt sich so nicht öffnen",
        text: "Gehen Sie zurück und versuchen Sie es noch einmal.",
    },
    wrong_form: Said {
        title: "Formular nicht lesbar",
        text: "Was angekommen ist, ist nicht das Formular dieser Seite. Gehen Sie zurück und versuchen Sie es noch einmal.",
    },
    from_elsewhere: Said {
        title: "Anfrage von einer anderen Website",
        text: "Das Formular wurde von einer anderen Website gesendet und nicht angenommen. Öffnen Sie die Zahlungsseite \
               und versuchen Sie es noch einmal.",
    },
    down: Said {
        title: "Dienst vorübergehend nicht verfügbar",
        text: "Wir können die Angaben zur Zahlung nicht lesen. Versuchen Sie es in einigen Minuten noch einmal.",
    },
};
