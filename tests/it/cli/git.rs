//! Git: folders of checkouts, and what of their history is read.

use super::{Desk, PASSWORD};
use std::process::Command;

fn git(desk: &Desk, words: &[&str]) {
    let fixed = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", "-c", "gc.auto=0"];
    let output = Command::new("git").args(fixed).args(words).current_dir(desk.path("repo")).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A repository with a secret that only its history holds.
fn repository() -> Desk {
    let desk = Desk::new();
    desk.file("repo/a.properties", PASSWORD);
    git(&desk, &["init", "-q"]);
    git(&desk, &["add", "."]);
    git(&desk, &["commit", "-qm", "one"]);
    desk.file("repo/a.properties", "name=x\n");
    git(&desk, &["commit", "-qam", "two"]);
    desk
}

#[test]
fn loose_objects_are_read() {
    let desk = repository();
    let run = desk.run(&["scan", "repo", "--format", "json"]);
    assert_eq!(run.trouble(), []);
    let places = run.places();
    assert!(
        places.len() == 1 && places[0].starts_with("repo/.git/objects/") && places[0].ends_with(":1"),
        "{places:?}"
    );
}

#[test]
fn packs_beside_a_checkout_are_counted_and_fail_nothing() {
    let desk = repository();
    git(&desk, &["gc", "-q", "--aggressive", "--prune=now"]);
    for (target, uri) in [("repo", "repo/.git"), (".", "./repo/.git"), ("./repo/", "./repo/.git")] {
        let run = desk.run(&["scan", target, "--format", "json"]);
        assert_eq!(run.code(), 0, "{target}");
        assert_eq!(run.trouble(), [(uri.to_owned(), "unsupported: git history: one pack was not read".to_owned())]);
        assert_eq!(run.json()["summary"]["complete"], false);
        assert!(run.json()["trouble"][0]["accepted"].is_string());
    }
    let run = desk.run(&["scan", "repo"]);
    assert!(run.out().contains("git history: one pack"), "{}", run.out());
    assert!(!run.out().contains("everything was scanned"), "{}", run.out());
    // What was asked for by itself counts; what was left out does not.
    assert_eq!(desk.run(&["scan", "repo/.git"]).code(), 3);
    assert_eq!(desk.run(&["scan", "repo/.git/objects/pack"]).code(), 3);
    let run = desk.run(&["scan", "repo", "--exclude", ".git", "--format", "json"]);
    assert_eq!((run.code(), run.trouble().len()), (0, 0));
}

#[test]
fn history_that_is_kept_elsewhere() {
    let desk = repository();
    git(&desk, &["worktree", "add", "-q", "../tree"]);
    let run = desk.run(&["scan", "tree", "--format", "json"]);
    assert_eq!(run.code(), 0);
    let elsewhere = "unsupported: git history, kept elsewhere, was not read".to_owned();
    assert_eq!(run.trouble(), [("tree/.git".to_owned(), elsewhere)]);
    // A bundle or pack that lies among the files is no history of theirs.
    desk.file("files/readme", "x");
    git(&desk, &["bundle", "create", "-q", "../files/all.bundle", "--all"]);
    assert_eq!(desk.run(&["scan", "files"]).code(), 3);
}
