//! Names that a clerk proposes for places and a planner accepts or refuses. Nothing is kept of who
//! proposed. They live in memory and end with the server: the accepted ones are exported and put
//! into the dataset's sheet.

use super::problem::Problem;
use crate::locate::{AddedName, SuggestionKind};
use crate::plan::store::{now, random_key};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::{PoisonError, RwLock};
use utoipa::ToSchema;

/// Proposals that are kept, at most.
const MOST_PROPOSALS: usize = 2_000;
/// Letters of the longest name.
const LONGEST_NAME: usize = 60;
/// As many digits in a row are a telephone or identity number.
const PERSONAL_DIGITS: usize = 7;

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum NameChange {
    /// Another name of the place, which people say.
    Alias,
    /// The right name, where the dataset has a wrong one.
    Correction,
}

/// What has become of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProposalStatus {
    /// Not yet looked at.
    Open,
    /// The place is found by the name from then on.
    Accepted,
    /// It is not.
    Refused,
}

/// A name that was proposed for a place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NameProposal {
    /// Key.
    pub id: String,
    /// What the place is: `compound` or `landmark`.
    pub kind: SuggestionKind,
    /// A compound's id, a landmark's name.
    pub key: String,
    /// The place's name in the dataset.
    pub place: String,
    /// Whether it is one name more, or the right one.
    pub change: NameChange,
    /// The name that is proposed.
    pub name: String,
    /// Other places that have this name already: then an address with it leaves it open.
    pub others: Vec<String>,
    /// What has become of it.
    pub status: ProposalStatus,
    /// When it was proposed (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub created: jiff::Timestamp,
    /// Counts the changes.
    pub version: u64,
}

/// A proposal as it comes in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNameProposal {
    /// What the place is: `compound` or `landmark`.
    pub kind: SuggestionKind,
    /// A compound's id, a landmark's name.
    pub key: String,
    /// Whether it is one name more, or the right one.
    pub change: NameChange,
    /// The name: 1 to 60 letters and digits.
    pub name: String,
}

impl NewNameProposal {
    /// The name without blanks around it, if it can be a name.
    ///
    /// # Errors
    /// 422 that says what is wrong with it.
    pub fn checked_name(&self) -> Result<&str, Problem> {
        let name = self.name.trim();
        let wrong = |detail: String| Err(Problem::unprocessable(detail).with_field("name"));
        let is_fit = |c: char| c.is_alphanumeric() || " ·-—()（）#/、".contains(c);
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return wrong(format!("`name` should have 1 to {LONGEST_NAME} characters"));
        }
        if !name.starts_with(char::is_alphanumeric) || !name.chars().all(is_fit) {
            return wrong(
                "`name` should begin with a letter or a digit and have only letters, \
                 digits, blanks, brackets, · - # / 、"
                    .to_owned(),
            );
        }
        let mut runs = name.split(|c: char| !c.is_ascii_digit());
        if runs.any(|run| run.len() >= PERSONAL_DIGITS) {
            return wrong(
                "`name` looks like a telephone or identity number; give the name of \
                 the place only"
                    .to_owned(),
            );
        }
        Ok(name)
    }
}

/// All proposals, in the order in which they came.
#[derive(Debug, Default)]
pub struct NameProposals {
    all: RwLock<Vec<NameProposal>>,
}

impl NameProposals {
    /// All of them.
    pub fn list(&self) -> Vec<NameProposal> {
        self.all.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One of them.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn get(&self, id: &str) -> Result<NameProposal, Problem> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|proposal| proposal.id == id).cloned().ok_or_else(|| none(id))
    }

    /// Keeps a proposal. The same one twice is one; refused ones make room for new ones.
    ///
    /// # Errors
    /// 507 when there are too many that are not refused.
    pub fn add(
        &self,
        new: &NewNameProposal,
        name: &str,
        place: String,
        others: Vec<String>,
    ) -> Result<(NameProposal, IsNew), Problem> {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        let same = |p: &&NameProposal| {
            (p.kind, &p.key, p.change) == (new.kind, &new.key, new.change) && p.name == name
        };
        if let Some(known) = all.iter().find(same) {
            return Ok((known.clone(), IsNew(false)));
        }
        if all.len() >= MOST_PROPOSALS {
            let oldest = all.iter().position(|p| p.status == ProposalStatus::Refused);
            let Some(oldest) = oldest else {
                let detail = format!(
                    "there are {MOST_PROPOSALS} proposals; export the accepted ones, put them \
                     into the dataset and start the server again, or refuse some"
                );
                return Err(Problem::new(StatusCode::INSUFFICIENT_STORAGE, detail));
            };
            all.remove(oldest);
        }
        let proposal = NameProposal {
            id: random_key(),
            kind: new.kind,
            key: new.key.clone(),
            place,
            change: new.change,
            name: name.to_owned(),
            others,
            status: ProposalStatus::Open,
            created: now(),
            version: 1,
        };
        all.push(proposal.clone());
        Ok((proposal, IsNew(true)))
    }

    /// Accepts or refuses the proposal that the reader saw in this version.
    ///
    /// # Errors
    /// 404 when there is none, 412 when it has changed meanwhile.
    pub fn decide(
        &self,
        id: &str,
        version: u64,
        status: ProposalStatus,
    ) -> Result<NameProposal, Problem> {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        let proposal = all.iter_mut().find(|p| p.id == id).ok_or_else(|| none(id))?;
        if proposal.version != version {
            let detail = "somebody has decided on this since you read it; read it again";
            return Err(Problem::new(StatusCode::PRECONDITION_FAILED, detail));
        }
        proposal.status = status;
        proposal.version += 1;
        Ok(proposal.clone())
    }

    /// The names that count in look-ups: the accepted ones.
    pub fn accepted(&self) -> Vec<AddedName> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        let accepted = all.iter().filter(|p| p.status == ProposalStatus::Accepted);
        let added =
            accepted.map(|p| AddedName { kind: p.kind, key: p.key.clone(), name: p.name.clone() });
        added.collect()
    }
}

/// Whether a proposal was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsNew(pub bool);

fn none(id: &str) -> Problem {
    Problem::not_found(format!("proposal `{id}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> NewNameProposal {
        let key = "c1".to_owned();
        let (kind, change) = (SuggestionKind::Compound, NameChange::Alias);
        NewNameProposal { kind, key, change, name: name.to_owned() }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in ["", " ", "=1+1", "<b>", "电话13800000000", "a\nb", &"长".repeat(61)] {
            assert!(named(name).checked_name().is_err(), "{name}");
        }
        for name in [" 老干所宿舍 ", "3号院(北区)", "A座"] {
            assert_eq!(named(name).checked_name().unwrap(), name.trim());
        }
    }

    #[test]
    fn proposals_are_bounded_and_refused_ones_make_room() {
        let proposals = NameProposals::default();
        let add = |n: usize| {
            let new = named(&format!("名{n}"));
            proposals.add(&new, &new.name, "x".into(), Vec::new())
        };
        for n in 0..MOST_PROPOSALS {
            assert_eq!(add(n).unwrap().1, IsNew(true));
        }
        assert_eq!(add(0).unwrap().1, IsNew(false));
        assert_eq!(add(MOST_PROPOSALS).unwrap_err().status, 507);
        let first = proposals.list().swap_remove(0);
        let decided = proposals.decide(&first.id, 1, ProposalStatus::Refused).unwrap();
        assert_eq!(decided.version, 2);
        assert_eq!(proposals.decide(&first.id, 1, ProposalStatus::Open).unwrap_err().status, 412);
        assert_eq!(add(MOST_PROPOSALS).unwrap().1, IsNew(true));
        assert!(proposals.accepted().is_empty());
    }
}
