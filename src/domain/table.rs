//! Reads the small text tables that the rules' tests are written in.

/// The rows of a table, each cut at blanks and bars; the first row (the heading) is left out.
pub(crate) fn rows(table: &str) -> Vec<Vec<&str>> {
    table
        .lines()
        .map(|line| {
            line.split(|c: char| c.is_whitespace() || c == '|').filter(|cell| !cell.is_empty()).collect::<Vec<_>>()
        })
        .filter(|cells| !cells.is_empty())
        .skip(1)
        .collect()
}
