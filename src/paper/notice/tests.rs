//! What is on a notice, and what never happens to it.

use proptest::prelude::*;

use super::*;
use crate::domain::debtor::PersonKind;
use crate::domain::numbering;
use crate::paper::kit::tests::{PNG, areas, lines, pages, words_near_codes};

fn a_creditor() -> Creditor {
    Creditor {
        fiscal_code: "99000001018".into(),
        name: "Comune di Borgolieve".into(),
        office: Some("Ufficio Tributi".into()),
        contacts: Some("Telefono 06 0000 0000\ntributi@comune.borgolieve.example".into()),
        cbill: Some("AB12C".into()),
        logo: None,
        postal_account: Some(PostalAccount {
            number: "99999999".into(),
            holder: "Comune di Borgolieve".into(),
            authorization: Some("AUT. 00000 del 01/01/2026".into()),
        }),
        takes_payments_online: true,
        language: Language::Italian,
    }
}

fn a_payable(which: u64, cents: i64) -> Payable {
    Payable {
        nav: numbering::notice("07", 12_345 + which).unwrap(),
        amount: Amount::from_cents(cents).unwrap(),
        subject: "TARI 2026".into(),
        due_date: NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
        overdue: false,
    }
}

fn a_notice(single: bool, instalments: u64) -> PaymentNotice {
    PaymentNotice {
        debtor: Debtor {
            kind: PersonKind::Natural,
            fiscal_code: "VRDPNC70A01Z999J".into(),
            full_name: "Pancrazio Verdelli".into(),
            street_name: Some("Via dei Tigli".into()),
            civic_number: Some("12/A".into()),
            postal_code: Some("00100".into()),
            city: Some("Borgolieve".into()),
            province: Some("RM".into()),
            region: None,
            country: Some("IT".into()),
            email: None,
            phone: None,
        },
        subject: "TARI 2026".into(),
        single: single.then(|| a_payable(0, 12_050)),
        instalments: (1..=instalments)
            .map(|which| Instalment { which: which as usize, payable: a_payable(which, 4_020) })
            .collect(),
        instalments_in_all: instalments as usize,
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

/// What is written, line by line.
fn said(creditor: &Creditor, notice: &PaymentNotice) -> Vec<String> {
    lines(&on_paper(creditor, notice).unwrap()).into_iter().map(|(line, _)| line).collect()
}

#[test]
fn what_cannot_be_printed() {
    let refusal = |creditor: &Creditor, notice: &PaymentNotice| draw(creditor, notice, now()).err();
    assert_eq!(refusal(&a_creditor(), &a_notice(false, 0)), Some(Unprintable::NothingDue));
    let mut notice = a_notice(true, 2);
    notice.instalments[1].payable.amount = Amount::from_cents(100_000_000_000).unwrap();
    assert_eq!(refusal(&a_creditor(), &notice), Some(Unprintable::Amount));
    for code in ["", "9900000101", "9900000101A", "990000010188"] {
        let creditor = Creditor { fiscal_code: code.into(), ..a_creditor() };
        assert_eq!(refusal(&creditor, &a_notice(true, 0)), Some(Unprintable::Creditor), "{code}");
    }
    for number in ["", "1234567890123", "12A"] {
        let mut creditor = a_creditor();
        creditor.postal_account.as_mut().unwrap().number = number.into();
        assert_eq!(refusal(&creditor, &a_notice(true, 0)), Some(Unprintable::PostalAccount), "{number}");
    }
}

#[test]
fn how_many_pages_and_boxes() {
    // Single payment, instalments, slips; pages, boxes with a QR code.
    for (single, instalments, slips, count, boxes) in [
        (true, 0, true, 1, 1),
        (true, 0, false, 1, 1),
        (false, 1, true, 1, 1),
        (false, 2, true, 1, 2),
        (true, 2, false, 1, 3),
        (true, 3, true, 2, 4),
        (false, 5, true, 2, 5),
        (true, 12, true, 4, 13),
        (true, 12, false, 2, 13),
    ] {
        let mut creditor = a_creditor();
        if !slips {
            creditor.postal_account = None;
        }
        let paper = on_paper(&creditor, &a_notice(single, instalments)).unwrap();
        let lines = lines(&paper);
        let count_of = |word: &str| lines.iter().filter(|(line, _)| line.starts_with(word)).count();
        let told = (paper.pages(), count_of("Codice CBILL"), count_of("Bollettino postale PA"));
        assert_eq!(told, (count, boxes, if slips { boxes } else { 0 }), "{single} {instalments} {slips}");
        for value in ["896", "AUT. ", "000099999999"] {
            assert_eq!(count_of(value), if slips { boxes } else { 0 }, "{value} {single} {instalments} {slips}");
        }
        assert_eq!(count_of("Euro "), if slips { 2 * boxes } else { boxes }, "{single} {instalments} {slips}");
        assert_eq!(count_of("Avviso di pagamento"), count, "every page has its header");
    }
}

#[test]
fn rows_of_two_and_of_three_are_never_mixed() {
    for instalments in 2..=13 {
        let columns = columns(instalments, false);
        assert!((2..=3).contains(&columns));
        let creditor = Creditor { postal_account: None, ..a_creditor() };
        let paper = on_paper(&creditor, &a_notice(false, instalments as u64)).unwrap();
        for page in pages(&paper) {
            let boxes = page.iter().filter(|(line, _)| line.starts_with("Rata ") && line.contains(" di "));
            let mut lefts: Vec<i32> = boxes.map(|(_, area)| area.x.round() as i32).collect();
            lefts.sort_unstable();
            lefts.dedup();
            assert!(lefts.len() <= columns, "{instalments}: {lefts:?}");
            assert!(lefts.windows(2).all(|pair| pair[1] - pair[0] >= 188 / columns as i32), "{lefts:?}");
        }
    }
}

#[test]
fn instalments_are_called_by_their_places_in_the_plan() {
    let mut notice = a_notice(false, 3);
    notice.instalments.remove(0);
    let said = said(&a_creditor(), &notice);
    for (line, times) in [("Rata 1 di 3", 0), ("Rata 2 di 3", 2), ("Rata 3 di 3", 2)] {
        assert_eq!(said.iter().filter(|said| *said == line).count(), times, "{line}: {said:?}");
    }
}

#[test]
fn slips_need_an_account_and_an_authorization() {
    let has_slip = |creditor: &Creditor| {
        said(creditor, &a_notice(true, 0)).iter().any(|line| line.starts_with("Bollettino postale PA"))
    };
    let names_post_offices =
        |creditor: &Creditor| said(creditor, &a_notice(true, 0)).iter().any(|line| line.contains("uffici postali"));
    let mut creditor = a_creditor();
    assert!(has_slip(&creditor) && names_post_offices(&creditor));
    creditor.postal_account.as_mut().unwrap().authorization = Some("  ".into());
    assert!(!has_slip(&creditor) && !names_post_offices(&creditor));
    creditor.postal_account.as_mut().unwrap().authorization = None;
    assert!(!has_slip(&creditor) && !names_post_offices(&creditor));
    creditor.postal_account = None;
    assert!(!has_slip(&creditor) && !names_post_offices(&creditor));
}

#[test]
fn an_instalment_bears_its_own_description() {
    let mut notice = a_notice(true, 3);
    for (at, instalment) in notice.instalments.iter_mut().enumerate() {
        instalment.payable.subject = format!("TARI 2026 quota {}", at + 1);
    }
    let said = said(&a_creditor(), &notice);
    for at in 1..=3 {
        let bank_and_slip = said.iter().filter(|line| **line == format!("TARI 2026 quota {at}")).count();
        assert_eq!(bank_and_slip, 2, "{at}: {said:?}");
    }
}

#[test]
fn a_lone_instalment_looks_like_a_single_payment() {
    let texts = |notice: &PaymentNotice| said(&a_creditor(), notice);
    let mut lone = a_notice(false, 1);
    let mut single = a_notice(true, 0);
    single.single = Some(lone.instalments[0].payable.clone());
    assert_eq!(texts(&lone), texts(&single));
    lone.instalments_in_all = 3;
    assert!(texts(&lone).contains(&"Rata 1 di 3".to_owned()));
    assert_eq!(texts(&lone).len(), texts(&single).len());
}

#[test]
fn what_is_overdue_can_still_be_paid() {
    let mut notice = a_notice(true, 0);
    notice.single.as_mut().unwrap().overdue = true;
    let single = said(&a_creditor(), &notice).join("");
    assert!(single.contains("scaduto il 31/12/2026, si può ancora pagare") && !single.contains("entro il"), "{single}");
    let mut notice = a_notice(false, 2);
    notice.instalments[0].payable.overdue = true;
    let plan = said(&a_creditor(), &notice).join("");
    assert!(plan.contains("la prima scaduta il 31/12/2026, si può ancora pagare"), "{plan}");
    assert!(plan.contains("scaduto il 31/12/2026") && plan.contains("entro il 31/12/2026"), "{plan}");
}

#[test]
fn the_last_box_is_not_alone_on_its_page() {
    for (single, slips) in [(true, true), (true, false), (false, false)] {
        for instalments in 5..=16 {
            let creditor = Creditor { postal_account: a_creditor().postal_account.filter(|_| slips), ..a_creditor() };
            let paper = on_paper(&creditor, &a_notice(single, instalments)).unwrap();
            let boxes = |(line, _): &&(String, Area)| line.starts_with("Codice CBILL");
            let last = pages(&paper).last().unwrap().iter().filter(boxes).count();
            assert!(last > 1, "{single} {slips} {instalments}: {last}");
        }
    }
}

#[test]
fn every_page_says_whose_it_is() {
    let paper = on_paper(&a_creditor(), &a_notice(true, 12)).unwrap();
    for (at, page) in pages(&paper).iter().enumerate() {
        let has = |words: &str| page.iter().any(|(line, _)| line == words);
        assert!(has("Comune di Borgolieve – avviso 3070 0000 0001 2345 73"), "{page:?}");
        assert!(has(&format!("pagina {} di 4", at + 1)), "{page:?}");
    }
}

#[test]
fn scanners_find_blank_around_a_code() {
    for (single, instalments, slips) in [(true, 0, true), (true, 2, true), (false, 4, false), (false, 5, false)] {
        for language in [Language::Italian, Language::ItalianAndGerman] {
            let postal_account = a_creditor().postal_account.filter(|_| slips);
            let creditor = Creditor { postal_account, language, ..a_creditor() };
            let paper = on_paper(&creditor, &a_notice(single, instalments)).unwrap();
            assert_eq!(words_near_codes(&paper, 3.05), [] as [String; 0], "{single} {instalments} {slips}");
        }
    }
}

#[test]
fn the_longest_texts_that_are_allowed_stand_on_a_slip_whole() {
    let mut creditor = a_creditor();
    let capitals =
        |most: usize, end: &str| format!("{}{end}", "AMMINISTRAZIONE DI ".repeat(9).split_at(most - end.len()).0);
    let texts = [capitals(140, "-AUT"), capitals(100, "-INT"), capitals(70, "-NOM"), capitals(90, "-OGG")];
    let [authorization, holder, name, subject] = texts.clone();
    let account = creditor.postal_account.as_mut().unwrap();
    (account.authorization, account.holder) = (Some(authorization), holder);
    for (single, instalments) in [(true, 0), (false, 2), (true, 5), (false, 12)] {
        let mut notice = a_notice(single, instalments);
        notice.debtor.full_name = name.clone();
        let payables = notice.instalments.iter_mut().map(|instalment| &mut instalment.payable);
        notice.single.iter_mut().chain(payables).for_each(|payable| payable.subject = subject.clone());
        let lines = lines(&on_paper(&creditor, &notice).unwrap());
        let boxes = if single { instalments as usize + 1 } else { instalments as usize };
        for (text, least) in texts.iter().zip([boxes, boxes, 2 * boxes, 2 * boxes]) {
            let end = &text[text.len() - 4..];
            let whole = lines.iter().filter(|(line, _)| line.ends_with(end)).count();
            assert!(whole >= least, "{end} stands {whole} times of {least}: {lines:?}");
        }
        assert!(lines.iter().all(|(line, size)| *size >= 6.0 && !line.contains('…')), "{lines:?}");
    }
}

#[test]
fn nobody_is_named_when_the_debtor_is_anonymous() {
    let mut notice = a_notice(true, 0);
    notice.debtor.fiscal_code = "ANONIMO".into();
    let said = said(&a_creditor(), &notice).join("\n");
    assert!(!said.contains("Verdelli") && !said.contains("ANONIMO") && !said.contains("Tigli"), "{said}");
    assert!(said.contains("Non indicato"));
}

#[test]
fn a_long_subject_is_cut_everywhere() {
    let mut notice = PaymentNotice { subject: "parola ".repeat(150), ..a_notice(true, 3) };
    notice.single.as_mut().unwrap().subject = "parola ".repeat(150);
    let words = said(&a_creditor(), &notice).iter().filter(|line| line.contains("parola")).count();
    assert!((5..=20).contains(&words), "{words} lines");
}

#[test]
fn german_stands_beside_italian_when_asked_for() {
    let creditor = Creditor { language: Language::ItalianAndGerman, ..a_creditor() };
    let both = said(&creditor, &a_notice(true, 2)).join("\n");
    for word in ["Avviso di pagamento", "Zahlungsmitteilung", "Posterlagschein PA", "Rate 1 von 2", "bis 31/12/2026"] {
        assert!(both.contains(word), "{word} is missing: {both}");
    }
    assert!(!said(&a_creditor(), &a_notice(true, 2)).join("\n").contains("Zahlung"));
}

#[test]
fn an_address_is_that_of_an_envelope() {
    let mut debtor = a_notice(true, 0).debtor;
    assert_eq!(pen::address(&debtor), "Via dei Tigli 12/A\n00100 Borgolieve (RM)");
    debtor.country = Some("AT".into());
    debtor.street_name = None;
    debtor.province = Some(" ".into());
    assert_eq!(pen::address(&debtor), "12/A\n00100 Borgolieve\nAT");
    debtor.city = Some("x".repeat(300));
    assert_eq!(pen::address(&debtor).chars().count(), pen::ADDRESS);
}

#[test]
fn equal_notices_are_equal_bytes() {
    let creditor = Creditor { logo: Some(Logo::from_png(PNG.to_vec()).unwrap()), ..a_creditor() };
    let drawn = draw(&creditor, &a_notice(true, 2), now()).unwrap();
    assert_eq!(drawn, draw(&creditor, &a_notice(true, 2), now()).unwrap());
    assert_ne!(drawn, draw(&creditor, &a_notice(true, 2), now() + chrono::Duration::days(1)).unwrap());
}

prop_compose! {
    fn any_creditor()(
        texts in proptest::collection::vec(any::<String>(), 6),
        long in "\\PC{0,400}",
        flags in any::<[bool; 5]>(),
    ) -> Creditor {
        let given = |at: usize| flags[at % 5].then(|| texts[at].clone());
        Creditor {
            fiscal_code: "99000001018".into(),
            name: texts[0].clone(),
            office: given(1),
            contacts: flags[2].then(|| long.clone()),
            cbill: given(3),
            logo: flags[4].then(|| Logo::from_png(PNG.to_vec()).unwrap()),
            postal_account: flags[0].then(|| PostalAccount {
                number: "123456789012".into(),
                holder: long.clone(),
                authorization: given(4),
            }),
            takes_payments_online: flags[1],
            language: if flags[3] { Language::ItalianAndGerman } else { Language::Italian },
        }
    }
}

prop_compose! {
    fn any_notice()(
        texts in proptest::collection::vec(any::<String>(), 7),
        subject in "\\PC{0,300}",
        cents in 1..=99_999_999_999i64,
        (single, instalments) in (any::<bool>(), 0u64..14),
    ) -> PaymentNotice {
        let mut notice = a_notice(single, instalments.max(u64::from(!single)));
        notice.subject = subject.clone();
        let instalments = notice.instalments.iter_mut().map(|instalment| &mut instalment.payable);
        for payable in notice.single.iter_mut().chain(instalments) {
            payable.amount = Amount::from_cents(cents).unwrap();
            payable.subject = subject.clone();
        }
        let debtor = &mut notice.debtor;
        debtor.fiscal_code = texts[0].clone();
        debtor.full_name = texts[1].clone();
        debtor.street_name = Some(texts[2].clone());
        debtor.city = Some(texts[3].clone());
        debtor.country = Some(texts[4].clone());
        notice
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn whatever_is_owed_stays_on_the_page(creditor in any_creditor(), notice in any_notice()) {
        let paper = on_paper(&creditor, &notice).unwrap();
        for area in areas(&paper) {
            prop_assert!(area.is_on_the_page(), "{area:?}");
        }
        let about = About { title: "Avviso".into(), author: creditor.name, drawn: now() };
        prop_assert!(paper.finish(&about).is_ok());
    }
}
