//! The numbers that notices are made of: nobody gets one twice, however many ask at once and from however many stations.

use std::collections::HashSet;

use ec_station::domain::numbering::notice;
use ec_station::domain::registry::{Organization, StationLink};
use ec_station::store::{Pools, Store};
use tokio::runtime::Builder;

use crate::database::Database;
use crate::given::{self, COMUNE, PROVINCIA};

#[test]
fn nobody_gets_a_number_twice() {
    const TASKS: usize = 8;
    const NUMBERS: usize = 500;
    let database = Database::fresh();
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let open = || runtime.block_on(Store::open(&database.url(), &Pools::default())).unwrap();
    // Two stations: rivals that share nothing but the database.
    let stores = &[open(), open()];
    let take = &|store: &Store| {
        let mut numbers = Vec::new();
        while numbers.len() < NUMBERS {
            // One at a time, or a handful for a file.
            let count = if numbers.len().is_multiple_of(2) { 1 } else { 9 };
            let first = runtime.block_on(store.next_numbers(COMUNE, "07", count)).unwrap();
            numbers.extend(first..first + i64::from(count));
        }
        numbers
    };
    let taken: Vec<i64> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..TASKS).map(|task| scope.spawn(move || take(&stores[task % 2]))).collect();
        tasks.into_iter().flat_map(|task| task.join().unwrap()).collect()
    });
    let next = |organization, code| runtime.block_on(stores[0].next_numbers(organization, code, 1)).unwrap();
    assert_eq!((next(COMUNE, "08"), next(PROVINCIA, "07")), (1, 1), "each code of each organization counts for itself");
    assert!(taken.len() >= TASKS * NUMBERS);
    let navs: HashSet<_> = taken.iter().map(|number| notice("07", *number as u64).unwrap()).collect();
    assert_eq!(navs.len(), taken.len(), "all are different");
    assert_eq!(taken.iter().max(), Some(&(taken.len() as i64)), "and none was skipped");
}

#[test]
fn the_codes_of_an_organization() {
    let link = |station: &str, aux_digit: u8, code: Option<&str>| StationLink {
        id_station: station.into(),
        id_broker: "B".into(),
        aux_digit,
        segregation_code: code.map(Into::into),
        broadcast: false,
    };
    let database = Database::fresh();
    Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let store = Store::open(&database.url(), &Pools::default()).await.unwrap();
        for (stations, codes) in [
            (vec![], ""),
            (vec![link("1", 3, None)], "all"),
            (vec![link("1", 0, Some("07"))], ""),
            (vec![link("1", 3, Some("07"))], "07"),
            (vec![link("1", 3, Some("07")), link("2", 0, Some("01"))], "07"),
            (vec![link("1", 3, Some("07")), link("2", 3, Some("07"))], "07"),
            (vec![link("1", 3, Some("08")), link("1", 3, Some("07"))], "07,08"),
            (vec![link("1", 3, Some("07")), link("2", 3, None)], "all"),
        ] {
            let comune = Organization { stations: stations.clone(), ..given::registry().swap_remove(0) };
            store.import_organizations(&[comune], given::today()).await.unwrap();
            let issued = store.codes_issued(COMUNE).await.unwrap();
            assert_eq!(issued.listed().map_or("all".into(), |codes| codes.join(",")), codes, "{stations:?}");
        }
        assert!(store.codes_issued("99999999999").await.unwrap().are_none());
    });
}
