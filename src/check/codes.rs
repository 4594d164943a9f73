//! `code.*`: grid codes of 15 digits that begin with their community's.

use super::context::Context;
use crate::domain::{Finding, Grid, Severity};

pub(super) fn check(context: &Context) -> Vec<Finding> {
    let grids = &context.dataset.grids;
    let is_digits =
        |code: &str, n: usize| code.len() == n && code.bytes().all(|b| b.is_ascii_digit());
    let odd: Vec<&str> =
        grids.iter().map(|g| g.code.as_str()).filter(|code| !is_digits(code, 15)).collect();
    let mut findings = Vec::new();
    if !odd.is_empty() {
        let n = odd.len();
        findings.push(
            Finding::new(
                "code.format",
                Severity::Info,
                "grids",
                format!(
                    "{} not of 15 digits (6 county, 3 subdistrict, 3 community, 3 sequence)",
                    if n == 1 { "1 grid code is".into() } else { format!("{n} grid codes are") }
                ),
                format!("{n}个网格编码不是15位数字（区县6位、街道3位、社区3位、顺序3位）"),
            )
            .with_mend(
                "give each grid its community's code of 12 digits and a number of 3 digits, west to east, then north to south",
                "按“社区12位编码＋3位顺序号”编码，顺序先由西向东、再由北向南",
            )
            .with_file(context.file("grids"))
            .with_field("code")
            .with_features(odd),
        );
    }
    let strays = |grid: &&Grid| {
        let community = grid.community_code.as_deref().unwrap_or_default();
        is_digits(&grid.code, 15) && is_digits(community, 12) && !grid.code.starts_with(community)
    };
    findings.extend(grids.iter().filter(strays).map(|grid| {
        let community = grid.community_code.as_deref().unwrap_or_default();
        Finding::new(
            "code.prefix",
            Severity::Warning,
            "grids",
            format!("grid code {} does not begin with its community's code {community}", grid.code),
            format!("网格编码{}未以所属社区编码{community}开头", grid.code),
        )
        .with_file(context.file("grids"))
        .with_field("code")
        .with_features([grid.code.as_str()])
        .with_geometry(grid.geometry.to_geometry())
        .with_mend(
            "correct the code, or the community that the grid names",
            "订正网格编码，或订正所填的社区",
        )
    }));
    findings
}
