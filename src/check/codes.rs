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
                format!("{n} grid codes are not of 15 digits (6 county + 3 subdistrict + 3 community + 3 sequence)"),
                format!("{n}个网格编码不是15位数字（县6位+街道3位+社区3位+顺序3位）"),
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
    }));
    findings
}
