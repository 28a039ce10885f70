//! What the functions compute themselves: deciding over a session, deriving a code, sealing a state and opening it.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use challenge::client::Client;
use challenge::create::{self, Decision};
use challenge::{
    Action, Address, Code, Fresh, Key, KeyRing, Policy, Round, SealedState, Session, State, Step, Subject, UnixSeconds,
    define, session::StepName,
};
use criterion::{Criterion, criterion_group, criterion_main};
use fakes::world;

const SUBJECT: Subject<'_> =
    Subject { user_pool: "eu-central-1_Example01", user: "a1b2c3d4-0000-4000-8000-000000000001" };
const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

fn key() -> Key {
    Key::from_secret(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_").unwrap()
}

fn first_code(address: &Address, keys: &KeyRing, policy: &Policy) -> Decision {
    let request = create::Request {
        subject: SUBJECT,
        address: Some(address),
        round: Round::FIRST,
        action: Action::Answer,
        attempt: Ok(None),
        client: Client::new(&SUBJECT, "client"),
        now: NOW,
        fresh: Fresh { id: [1; 16], nonce: [2; 16] },
        keys,
    };
    create::decide(&State::default(), &request, policy)
}

fn domain(criterion: &mut Criterion) {
    let (key, policy) = (key(), world::policy().unwrap());
    let address = Address::parse("jane.doe@example.com").unwrap();
    let ring = KeyRing { current: key.clone(), previous: None };
    let Decision::Send(sending) = first_code(&address, &ring, &policy) else { unreachable!("a first code is sent") };
    let sealed = SealedState::seal(sending.pending(), &SUBJECT, &key, [3; 24]).unwrap();
    let step = |name, passed| Step { name, passed, metadata: None };
    let session = Session(vec![
        step(StepName::SrpA, true),
        step(StepName::PasswordVerifier, true),
        step(StepName::CustomChallenge, false),
    ]);

    let mut group = criterion.benchmark_group("domain");
    group.bench_function("decide over a session", |bencher| {
        bencher.iter(|| define::next(black_box(&session), Action::Answer, policy.max_attempts, false, NOW));
    });
    group.bench_function("decide on a first code", |bencher| {
        bencher.iter(|| first_code(black_box(&address), &ring, &policy));
    });
    group.bench_function("derive a code", |bencher| {
        bencher.iter(|| Code::derive(black_box(&key), &SUBJECT, sending.challenge(), policy.code_length));
    });
    group.bench_function("seal a state", |bencher| {
        bencher.iter(|| SealedState::seal(black_box(sending.pending()), &SUBJECT, &key, [3; 24]));
    });
    group.bench_function("open a state", |bencher| bencher.iter(|| black_box(&sealed).open(&SUBJECT, &ring)));
    group.finish();
}

criterion_group!(benches, domain);
criterion_main!(benches);
