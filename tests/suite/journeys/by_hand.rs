//! The same from a shell, with the lines that the README and the help show.

use std::process::Command;

use serde_json::json;

use crate::database::Database;
use crate::given::COMUNE;
use crate::node::participants;
use crate::process::{Ended, Process, ec_station, ec_station_at, ended, in_a_shell};
use crate::running::demo::table;

/// What the README says of the Node.
fn readme() -> &'static str {
    include_str!("../../../README.md").split("## A Node on the desk").nth(1).unwrap()
}

/// The first block of a language in a text; what is in none has no name.
fn block<'t>(text: &'t str, language: &str) -> &'t str {
    let mut blocks = text.split("```").skip(1).step_by(2);
    blocks.find_map(|block| block.strip_prefix(language)?.strip_prefix('\n')).unwrap()
}

/// A demo, with its screen, and the folder that its lines are typed in.
struct Demo {
    process: Process,
    screen: String,
    folder: tempfile::TempDir,
}

impl Demo {
    fn open() -> Demo {
        let folder = tempfile::tempdir().unwrap();
        let mut command = ec_station(folder.path());
        command.arg("demo");
        let mut process = Process::start(command);
        let screen = process.screen_until("Ctrl-C stops");
        std::fs::write(folder.path().join("registry.json"), block(readme(), "json")).unwrap();
        Demo { process, screen, folder }
    }

    fn address(&self) -> &str {
        self.process.url.trim_start_matches("http://")
    }

    /// A line, typed where the demo is what the README has on its ports.
    fn typed(&self, line: &str) -> Command {
        let line = line.replace("station.example.org:8080", self.address());
        let mut command = in_a_shell(self.folder.path(), &format!("exec {line}"));
        command.env("EC_STATION_LISTEN", self.address());
        command
    }
}

/// What a line says that does what it should.
#[track_caller]
fn done(Ended { code, out, err }: Ended) -> String {
    assert_eq!(code, Some(0), "{out}{err}");
    out
}

/// The words of a line, without what differs from time to time.
fn gist(line: &str) -> String {
    let words: Vec<_> = line.split_whitespace().collect();
    let kept = words.iter().enumerate().filter(|(at, _)| words.get(at + 1).is_none_or(|next| *next != "ms"));
    let is_token = |word: &str| word.len() == 33 && word.ends_with('.');
    kept.map(|(_, word)| if is_token(word) { "TOKEN." } else { word }).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_readme_pays_and_tells_the_story_it_shows() {
    let demo = Demo::open();
    let lines: Vec<_> = block(readme(), "sh").lines().collect();
    let [.., pay, _] = lines[..] else { panic!("{lines:?}") };
    let out = done(ended(demo.typed(pay)));
    let told: Vec<_> = out.replace(demo.address(), "127.0.0.1:8080").lines().map(gist).collect();
    let mut rest = told.iter();
    for line in block(readme(), "").lines().filter(|line| !line.is_empty() && *line != "…").map(gist) {
        assert!(rest.any(|told| *told == line), "{line:?} is missing, or too early:\n{out}");
    }
}

#[test]
fn the_readme_starts_nodes_and_pays_there() {
    let demo = Demo::open();
    let lines: Vec<_> = block(readme(), "sh").lines().collect();
    let [alone, with_registry, _, pay] = lines[..] else { panic!("{lines:?}") };
    let node = Process::start_node(demo.typed(with_registry));
    node.log();
    let node = Process::start_node(demo.typed(alone));
    let out = done(ended(demo.typed(&pay.replace("http://127.0.0.1:8081", &node.url))));
    assert!(out.contains("\nPaid: 120.50 EUR, receipt "), "{out}");
    node.log();
}

/// Every notice of the demo's table, told as fixtures.
#[test]
fn the_demo_keeps_the_rules() {
    let demo = Demo::open();
    let notice = |(nav, euro, answer): (String, String, String)| {
        let state = match answer.split([' ', ':', ',']).next().unwrap() {
            "OK" => "PAYABLE",
            "DUPLICATO" => "PAID",
            "SCADUTO" => "EXPIRED",
            "ANNULLATO" => "CANCELLED",
            _ => "UNKNOWN",
        };
        json!({"nav": nav, "state": state, "organization": COMUNE, "amount": euro.replace('.', "").parse::<i64>().ok()})
    };
    let mut fixtures = participants();
    fixtures["notices"] = table(&demo.screen).into_iter().map(notice).collect();
    std::fs::write(demo.folder.path().join("fixtures.json"), fixtures.to_string()).unwrap();
    let line = "ec-station conformance --url http://station.example.org:8080/soap/paForNode --fixtures fixtures.json";
    let Ended { code, out, err } = ended(demo.typed(line));
    assert_eq!((code, err.as_str()), (Some(2), ""), "a dozen notices are too few for all cases:\n{out}");
}

/// What the help says brings a station to be tried: an example, loaded as it is.
#[test]
fn the_example_of_the_help_is_loaded_and_keeps_the_rules() {
    let database = Database::fresh();
    let help = ended({
        let mut command = ec_station_at(&database);
        command.args(["conformance", "--help"]);
        command
    });
    let lines: Vec<_> = help.out.lines().map(str::trim).filter(|line| line.starts_with("ec-station ")).collect();
    let [example, import, load, _serve, conformance, ..] = lines[..] else { panic!("{}", help.out) };
    let type_in = |line: &str| {
        let mut command = in_a_shell(database.folder(), line);
        command.env("EC_STATION_DATABASE_URL", database.setting());
        done(ended(command))
    };
    type_in(example);
    type_in(import);
    type_in(load);
    let station = Process::serve(&database, &[]);
    let tried = type_in(&conformance.replace("http://localhost:8080", &station.url));
    assert!(tried.contains(" held, 0 broken: "), "{tried}");
    station.log();
}
