//! The pages of the manual, one for each verb.

use super::page::{Page, Touches};

/// The verbs in the order in which one meets them; a test holds that none is left out.
pub(super) const GROUPS: &[(&str, &[&str])] = &[
    ("Write and check", &["render", "check", "bundle"]),
    ("Deploy", &["plan", "deploy", "destroy"]),
    ("Day to day", &["status", "outputs", "logs", "rotate-key"]),
    ("Users", &["user", "sign-in"]),
    ("Mail", &["inbox", "email"]),
    ("This machine", &["doctor", "dev", "local", "test", "bench", "completions"]),
];

/// From nothing to a sign-in on the local AWS.
pub(super) const FIRST_STEPS: &[(&str, &str)] = &[
    ("cargo xtask doctor", "what is missing on this machine"),
    ("cargo xtask deploy", "everything, into a local AWS: no account needed"),
    ("cargo xtask user create you@example.com", "a first user"),
    ("cargo xtask user confirm you@example.com", "asks for a password"),
    ("cargo xtask sign-in you@example.com", "the code is in `cargo xtask inbox`"),
];

const DONE: &[(u8, &str)] = &[(0, "done, or nothing to do"), (1, "anything wrong")];
const SHOWN: &[(u8, &str)] = &[(0, "it was printed"), (1, "it could not be read")];

/// One page for each verb that does something; a test walks both lists.
pub(super) const PAGES: &[Page] = &[
    Page {
        verb: &["render"],
        touches: Touches::Repository,
        prints: "nothing; with `--check` the difference, as a patch",
        exits: &[(0, "written, or with `--check` nothing to write"), (1, "anything wrong, or a difference")],
        examples: &["cargo xtask render", "cargo xtask render --check", "cargo xtask render --stage local"],
    },
    Page {
        verb: &["check"],
        touches: Touches::Registries,
        prints: "a line for each finding: file, line, column, what is wrong",
        exits: &[(0, "no findings"), (1, "findings, or a check could not be made")],
        examples: &["cargo xtask check"],
    },
    Page {
        verb: &["bundle"],
        touches: Touches::Registries,
        prints: "a line for each archive: package, architecture, hash, size",
        exits: DONE,
        examples: &["cargo xtask bundle", "cargo xtask bundle --stage local --debug", "cargo xtask bundle --out out"],
    },
    Page {
        verb: &["plan"],
        touches: Touches::AwsWrites,
        prints: "the plan: text, or with `--format` JSON or Markdown. Writes a change set and takes it back; with \
                 `--no-change-set` it only reads",
        exits: &[
            (0, "printed"),
            (1, "anything wrong, or `deploy` would refuse"),
            (2, "with `--detailed-exitcode`: changes are pending"),
        ],
        examples: &[
            "cargo xtask plan",
            "cargo xtask plan --stage prod --no-change-set",
            "cargo xtask plan --stage prod --format markdown",
            "cargo xtask plan --stage prod --bundle target/bundle/prod --out plan.json",
        ],
    },
    Page {
        verb: &["deploy"],
        touches: Touches::AwsWrites,
        prints: "the outputs of the stack, as `outputs` does; with `--json` a stream of events (`docs/deploying.md`)",
        exits: &[
            (0, "deployed, or nothing to change, or the app client deleted"),
            (1, "anything wrong, or not agreed to"),
        ],
        examples: &[
            "cargo xtask deploy",
            "cargo xtask deploy --stage prod",
            "cargo xtask deploy --stage prod --bundle target/bundle/prod --yes",
            "cargo xtask deploy --plan plan.json",
            "cargo xtask deploy --stage prod --yes --json",
            "cargo xtask deploy --stage prod --delete-client old",
        ],
    },
    Page {
        verb: &["destroy"],
        touches: Touches::AwsWrites,
        prints: "what was kept, and what was deleted for good; with `--json` one document (`docs/operating.md`)",
        exits: &[(0, "destroyed, or nothing there"), (1, "anything wrong, or not agreed to")],
        examples: &[
            "cargo xtask destroy",
            "cargo xtask destroy --stage prod",
            "cargo xtask destroy --stage dev --delete-users cognito-email-mfa-dev",
        ],
    },
    Page {
        verb: &["status"],
        touches: Touches::AwsReads,
        prints: "stack, functions, user pool, sender and quotas; with `--json` one document (`docs/operating.md`)",
        exits: &[(0, "it could be shown, whether or not all is well"), (1, "nothing could be shown")],
        examples: &["cargo xtask status", "cargo xtask status --stage prod --drift", "cargo xtask status --json"],
    },
    Page {
        verb: &["outputs"],
        touches: Touches::AwsReads,
        prints: "what a front end needs: ids, issuer, endpoint; with `--json` one document; never a secret",
        exits: SHOWN,
        examples: &["cargo xtask outputs", "cargo xtask outputs --stage prod --json"],
    },
    Page {
        verb: &["logs"],
        touches: Touches::AwsReads,
        prints: "a line for each event, failures summed up first; with `--json` the raw lines, a document each",
        exits: SHOWN,
        examples: &[
            "cargo xtask logs",
            "cargo xtask logs --stage prod --since 2h --trigger create",
            "cargo xtask logs --stage prod --follow",
        ],
    },
    Page {
        verb: &["rotate-key"],
        touches: Touches::AwsWrites,
        prints: "what was done, and what becomes of codes on their way; never the key",
        exits: &[(0, "rotated"), (1, "anything wrong, or too soon after the last rotation")],
        examples: &["cargo xtask rotate-key", "cargo xtask rotate-key --stage prod --force"],
    },
    Page {
        verb: &["user", "create"],
        touches: Touches::AwsWrites,
        prints: "who was created",
        exits: &[(0, "created"), (1, "anything wrong, or there is such a user")],
        examples: &["cargo xtask user create you@example.com", "cargo xtask user create --stage prod you@example.com"],
    },
    Page {
        verb: &["user", "confirm"],
        touches: Touches::AwsWrites,
        prints: "who was confirmed; the password comes from a prompt, or as a line of standard input",
        exits: DONE,
        examples: &[
            "cargo xtask user confirm you@example.com",
            "cargo xtask user confirm --stage prod you@example.com",
        ],
    },
    Page {
        verb: &["user", "show"],
        touches: Touches::AwsReads,
        prints: "status, address, and whether a state is kept; never the state",
        exits: SHOWN,
        examples: &["cargo xtask user show you@example.com", "cargo xtask user show --stage prod you@example.com"],
    },
    Page {
        verb: &["user", "unlock"],
        touches: Touches::AwsWrites,
        prints: "what was forgotten",
        exits: DONE,
        examples: &["cargo xtask user unlock you@example.com", "cargo xtask user unlock --stage prod you@example.com"],
    },
    Page {
        verb: &["user", "sign-out"],
        touches: Touches::AwsWrites,
        prints: "who was signed out, and how long access tokens live on",
        exits: DONE,
        examples: &[
            "cargo xtask user sign-out you@example.com",
            "cargo xtask user sign-out --stage prod you@example.com",
        ],
    },
    Page {
        verb: &["sign-in"],
        touches: Touches::AwsWrites,
        prints: "who is signed in; never a token",
        exits: &[(0, "signed in"), (1, "refused, or anything wrong")],
        examples: &[
            "cargo xtask sign-in you@example.com",
            "cargo xtask sign-in --stage prod --client server you@example.com",
        ],
    },
    Page {
        verb: &["inbox"],
        touches: Touches::Local,
        prints: "the mail that the local AWS keeps; with `--json` one document",
        exits: SHOWN,
        examples: &["cargo xtask inbox", "cargo xtask inbox --to you@example.com --watch", "cargo xtask inbox --json"],
    },
    Page {
        verb: &["email", "preview"],
        touches: Touches::Repository,
        prints: "the path of the page that shows all mails",
        exits: DONE,
        examples: &["cargo xtask email preview", "cargo xtask email preview --out target/mails"],
    },
    Page {
        verb: &["email", "check"],
        touches: Touches::AwsReads,
        prints: "what stands in the way of mail to the address, each with what to do",
        exits: &[(0, "SES knows of nothing"), (1, "something stands in the way, or SES could not be asked")],
        examples: &["cargo xtask email check you@example.com", "cargo xtask email check --stage prod you@example.com"],
    },
    Page {
        verb: &["doctor"],
        touches: Touches::Machine,
        prints: "a line for each thing that a command here may need, and the command that gets it",
        exits: &[(0, "nothing that is required is missing"), (1, "something is")],
        examples: &["cargo xtask doctor"],
    },
    Page {
        verb: &["dev"],
        touches: Touches::Registries,
        prints: "addresses, ids, and two users with their passwords, once all of it is there",
        exits: &[
            (0, "interrupted, and everything ended that it started"),
            (1, "it could not start, or the local AWS ended"),
        ],
        examples: &["cargo xtask dev", "cargo xtask dev --port 0"],
    },
    Page {
        verb: &["local", "start"],
        touches: Touches::Registries,
        prints: "the endpoint",
        exits: DONE,
        examples: &["cargo xtask local start"],
    },
    Page {
        verb: &["local", "status"],
        touches: Touches::Local,
        prints: "whether it runs, where, and where its log is",
        exits: SHOWN,
        examples: &["cargo xtask local status"],
    },
    Page {
        verb: &["local", "env"],
        touches: Touches::Local,
        prints: "endpoint, Region and key pair, as lines for a shell; with `--json` one object of the same names",
        exits: SHOWN,
        examples: &["cargo xtask local env", "cargo xtask local env --json"],
    },
    Page {
        verb: &["local", "stop"],
        touches: Touches::Local,
        prints: "nothing",
        exits: DONE,
        examples: &["cargo xtask local stop"],
    },
    Page {
        verb: &["test"],
        touches: Touches::Registries,
        prints: "what the tests print; they run on a local AWS of their own",
        exits: &[(0, "all passed"), (1, "a test failed, or could not be run")],
        examples: &["cargo xtask test", "cargo xtask test right_code", "cargo xtask test --long"],
    },
    Page {
        verb: &["bench"],
        touches: Touches::Registries,
        prints: "the table, which also lies in `target/bench`",
        exits: &[(0, "measured, whether figures reach what they should or not"), (1, "something could not be built")],
        examples: &["cargo xtask bench", "cargo xtask bench --only start --runs 30", "cargo xtask bench --only clone"],
    },
    Page {
        verb: &["completions"],
        touches: Touches::Machine,
        prints: "the script for the shell",
        exits: DONE,
        examples: &["cargo xtask completions bash", "cargo xtask completions zsh"],
    },
];
