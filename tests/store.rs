//! The store, as those above it rely on it: one suite for SQLite on disk, SQLite in memory and
//! PostgreSQL, and what befalls a file: kill -9, a full disk, truncation, flipped bits.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

#[path = "store/backups.rs"]
mod backups;
#[path = "store/concurrency.rs"]
mod concurrency;
#[path = "store/damage.rs"]
mod damage;
#[path = "store/durability.rs"]
mod durability;
#[path = "store/full_disk.rs"]
mod full_disk;
#[path = "store/model.rs"]
mod model;
#[path = "store/opening.rs"]
mod opening;
#[path = "store/place.rs"]
mod place;
#[path = "store/postgres.rs"]
mod postgres;
#[path = "store/shapes.rs"]
mod shapes;
#[path = "store/shared.rs"]
mod shared;
#[path = "store/suite.rs"]
mod suite;

use place::Place;

/// A function of the suite.
type Case = (&'static str, fn(&Place));

/// Names functions, and makes a test of each for one kind of store.
macro_rules! cases {
    ($list:ident, $make:path, $tests:ident: $($module:ident :: $name:ident),+ $(,)?) => {
        const $list: &[Case] = &[$((stringify!($name), $module::$name)),+];

        mod $tests {
            $(#[test]
            fn $name() {
                super::$module::$name(&$make());
            })+
        }
    };
}

// What one open store does.
cases!(ALONE, super::Place::memory, in_memory:
    suite::versions_count_from_one_and_are_never_given_twice,
    suite::a_write_finds_what_it_expects_or_nothing_is_done,
    suite::a_deleted_document_comes_back_with_the_next_version,
    suite::several_writes_are_done_all_or_none,
    suite::the_log_tells_everything_in_order,
    suite::events_go_on_behind_a_number,
    suite::silent_writes_leave_no_trace_in_the_log,
    suite::lists_are_ordered_and_come_in_pages,
    suite::values_come_back_as_they_were_written,
    suite::big_bodies_are_kept_and_too_big_ones_refused,
    suite::hostile_keys_are_kept_or_refused_but_do_no_harm,
    suite::times_never_run_backwards,
    shapes::shapes_belong_to_their_document,
    shapes::shapes_are_found_by_layer_and_day,
    shapes::every_geometry_comes_back_to_the_last_digit,
    concurrency::one_of_64_editors_wins_each_version,
    concurrency::followers_see_every_entry_once_and_in_order,
    model::random_commits_do_what_a_plain_model_does,
    backups::a_backup_is_a_store_with_the_same_contents,
);

mod on_disk {
    use super::{ALONE, Place};

    #[test]
    fn the_suite_passes() {
        super::place::run_all(ALONE, |_| Place::file());
    }
}

// What two programs do with one store.
cases!(SHARED, super::Place::file, shared_file:
    shared::subscribers_of_another_program_hear_within_200_ms,
    shared::two_programs_write_to_one_store,
    backups::a_backup_under_steady_writes_holds_a_prefix,
    durability::what_was_acknowledged_outlives_kill_9,
);

mod on_postgres {
    use super::{ALONE, SHARED};

    /// All in one test, because each process of a runner would start a server of its own.
    #[test]
    fn the_suite_passes() {
        let Some(server) = super::postgres::server() else { return };
        let all: Vec<super::Case> = ALONE.iter().chain(SHARED).copied().collect();
        super::place::run_all(&all, |name| server.database(name));
        super::postgres::run_own(server);
    }
}
