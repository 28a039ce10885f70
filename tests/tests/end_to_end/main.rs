//! Sign-ins on a stack that the real command has deployed to a local AWS. Run by `cargo xtask test`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod article;
mod browser;
mod codes;
mod command;
mod credentials;
mod day_two;
mod deploys;
mod dev;
mod guards;
mod kept_clients;
mod killed;
mod lock;
mod lost_network;
mod lost_pools;
mod operators;
mod other_clients;
mod permissions;
mod plan_files;
mod recovery;
mod reproducible;
mod secrecy;
mod taken_back;
mod ways_around;
