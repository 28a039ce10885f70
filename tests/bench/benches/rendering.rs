//! Stage files into templates, as `cargo xtask render` does it.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use fakes::place;
use xtask::{render, stage};

fn rendering(criterion: &mut Criterion) {
    let root = place::root();
    let local = stage::load(root, "local").unwrap();
    let text = stage::read(root, &local.name).unwrap();
    let mut group = criterion.benchmark_group("rendering");
    group.bench_function("read a stage file", |bencher| {
        bencher.iter(|| stage::Stage::parse(local.name.clone(), black_box(&text)).unwrap());
    });
    group.bench_function("render a stage", |bencher| bencher.iter(|| render::render(root, black_box(&local)).unwrap()));
    group.finish();
}

criterion_group!(benches, rendering);
criterion_main!(benches);
