//! Notice numbers that the station makes itself: `3`, the segregation code, thirteen digits that count, two that check
//! (`domain` 6.1). The IUV is the notice without its first digit.

use super::codes::{NoticeNumber, check_digits};

/// The first number that is too large for its thirteen digits.
const END: u64 = 10_000_000_000_000;

/// The notice that a number of a segregation code's sequence makes; none when the sequence is used up, or the code is
/// not two digits.
pub fn notice(segregation_code: &str, number: u64) -> Option<NoticeNumber> {
    let right = segregation_code.len() == 2 && segregation_code.bytes().all(|b| b.is_ascii_digit()) && number < END;
    if !right {
        return None;
    }
    let digits = format!("3{segregation_code}{number:013}");
    NoticeNumber::parse(&format!("{digits}{}", check_digits(&digits))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::table::rows;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_a_sequence() {
        let table = "
            code number         notice             iuv
            07   12345          307000000001234573 07000000001234573
            07   12346          307000000001234674 07000000001234674
            07   1              307000000000000105 07000000000000105
            00   0              300000000000000003 00000000000000003
            99   9999999999999  399999999999999903 99999999999999903
            07   10000000000000 -                  -
            7    1              -                  -
            0a   1              -                  -
            007  1              -                  -";
        for row in rows(table) {
            let made = notice(row[0], row[1].parse().unwrap());
            let told = made.as_ref().map_or(["-", "-"], |notice| [notice.as_str(), notice.iuv()]);
            assert_eq!(told, row[2..], "{row:?}");
        }
    }

    proptest! {
        #[test]
        fn every_number_makes_a_notice_of_its_own(code in "[0-9]{2}", one in 0..END, other in 0..END) {
            let made = notice(&code, one).unwrap();
            prop_assert_eq!(made.check(), Ok(()));
            prop_assert_eq!((made.aux_digit(), made.code(), made.iuv()), (3, code.as_str(), &made.as_str()[1..]));
            prop_assert_eq!(notice(&code, other).as_ref() == Some(&made), one == other);
        }
    }
}
