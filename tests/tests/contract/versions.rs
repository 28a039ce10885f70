//! Functions of the version before beside those of this one, as they are while a deploy updates them or is taken back.

use std::path::{Path, PathBuf};
use std::process::Command;

use e2e::event::{attempt, entry, password_verified, resend};
use e2e::world::{Created, StoreKind, World};
use e2e::{long, place};
use xtask::trigger::Trigger;

/// The commit that had the version before, with states of version 1.
const BEFORE: &str = "5c3938443c2c8c8c0fca0e648278f6d3662e0c77";
/// The steps of the sign-in below, between which functions may be replaced.
const STEPS: usize = 6;

/// Which functions are of the version before.
type Older = [bool; 4];

/// Builds the functions of the version before; `None` where this clone lacks its commit.
fn version_before() -> Option<PathBuf> {
    let folder = place::root().join("target/version-before");
    let sources = folder.join("sources");
    std::fs::create_dir_all(&sources).unwrap();
    let archive = folder.join("sources.tar");
    let git = |arguments: &[&str]| Command::new("git").args(arguments).current_dir(place::root()).status().unwrap();
    if !git(&["archive", "--output", archive.to_str().unwrap(), BEFORE]).success() {
        eprintln!("left out: the version before, since this clone lacks the commit {BEFORE}");
        return None;
    }
    let unpacked = Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(&sources).status().unwrap();
    assert!(unpacked.success());
    let mut cargo = Command::new("cargo");
    cargo.arg("build").current_dir(&sources).env("CARGO_TARGET_DIR", folder.join("target"));
    Trigger::ALL.iter().for_each(|trigger| _ = cargo.args(["--package", trigger.package()]));
    assert!(cargo.status().unwrap().success(), "the version before builds");
    Some(folder.join("target/debug"))
}

async fn put(world: &mut World, before: &Path, older: Older, name: &str) {
    for (trigger, older) in Trigger::ALL.into_iter().zip(older) {
        let program = if older { before.join(trigger.package()) } else { place::bootstrap(trigger).unwrap() };
        world.replace(trigger, program, name).await.unwrap();
    }
}

/// A wrong code, a wish for the mail, and the right code; after `switch` steps the functions are those of `then`.
async fn signs_in(store: StoreKind, before: &Path, first: Older, switch: usize, then: Older) {
    let digits = |older: Older| older.map(|older| if older { '1' } else { '2' }).iter().collect::<String>();
    let name = format!("versions {}, after {switch} steps {}", digits(first), digits(then));
    let mut world = World::named(store, &name).await.unwrap();
    put(&mut world, before, first, "-first").await;
    let mut made: Option<Created> = None;
    let mut session = password_verified();
    let mut code = String::new();
    for step in 0..STEPS {
        if step == switch {
            put(&mut world, before, then, "-then").await;
        }
        let mark = attempt(1);
        match step {
            0 => {
                made = Some(world.create(&session, &mark).await.unwrap());
                code = world.last_code().unwrap();
            }
            1 | 3 => {
                let shown = made.as_ref().unwrap();
                let (answer, metadata) = if step == 1 { (wrong(&code), mark) } else { ("-".to_owned(), resend(1)) };
                assert!(!world.verify(shown, &answer, &metadata).await.unwrap(), "{name}");
                session.push(entry("CUSTOM_CHALLENGE", false, shown.metadata.as_deref()));
                world.define(&session, &metadata).await.unwrap();
            }
            2 | 4 => {
                world.age(&world.caller, 40).unwrap();
                let metadata = if step == 2 { mark } else { resend(1) };
                let shown = world.create(&session, &metadata).await.unwrap();
                // Create of the version before does not read this one's metadata, and has to make another code.
                let expected: &[&str] = if step == 4 { &["CODE_SENT"] } else { &["CODE_WRONG", "CODE_SUPERSEDED"] };
                assert!(expected.contains(&shown.state()), "{name}, step {step}: {}", shown.state());
                made = Some(shown);
            }
            _ => {
                let right = world.verify(made.as_ref().unwrap(), &world.last_code().unwrap(), &mark).await.unwrap();
                assert!(right, "{name}");
                assert!(world.gate("Authentication", &mark).await.unwrap(), "{name}: the gate");
            }
        }
    }
    let logs = world.every_log().unwrap();
    for alarm in ["StateForged", "GateRefused", "UsersLocked", "StoreFault", "panicked"] {
        assert!(!logs.contains(alarm), "{name}: {alarm}");
    }
}

fn wrong(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..code.len() - 1])
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_of_two_versions_share_a_sign_in() {
    if !long::wanted("functions of the version before beside those of this one") {
        return;
    }
    let Some(before) = version_before() else { return };
    for store in StoreKind::ALL {
        for mask in 1..16_u8 {
            let older = std::array::from_fn(|bit| mask >> bit & 1 == 1);
            signs_in(store, &before, older, STEPS, older).await;
        }
        for switch in 1..STEPS {
            signs_in(store, &before, [true; 4], switch, [false; 4]).await;
            signs_in(store, &before, [false; 4], switch, [true; 4]).await;
        }
    }
}
