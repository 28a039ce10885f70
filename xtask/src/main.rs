use std::process::ExitCode;

fn main() -> ExitCode {
    xtask::run(xtask::handover::exec)
}
