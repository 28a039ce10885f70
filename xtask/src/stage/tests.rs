#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const LOCAL: &str = include_str!("../../../deploy/stages/local.toml");
const ARTICLE: &str = include_str!("../../../deploy/stages/article.toml");
const DEV: &str = include_str!("../../../deploy/stages/dev.toml");
const PROD: &str = include_str!("../../../deploy/stages/prod.toml");

fn parse(text: &str) -> Result<Stage, Problems> {
    Stage::parse(StageName::new("test").unwrap(), text)
}

/// The messages without the file's name, each with the text of the line it points at.
fn complaints(text: &str) -> Vec<String> {
    let problems = parse(text).expect_err("the file should be refused").into_vec();
    let line = |problem: &Problem| text.lines().nth(problem.line - 1).unwrap_or_default().to_owned();
    problems.iter().map(|problem| format!("{} <- {}", problem.message, line(problem))).collect()
}

fn changed(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` should stand once in the file");
    text.replace(from, to)
}

#[test]
fn the_committed_stages_are_accepted() {
    let local = parse(LOCAL).unwrap();
    assert!(local.is_local() && local.gate && local.accepted.is_empty());
    assert_eq!((local.challenge.store, &local.email.reply_to, &local.alarm_address), (Store::Table, &None, &None));
    let lockout = local.challenge.policy.lockout;
    assert_eq!((lockout.after.get(), lockout.first_wait.get(), lockout.longest_wait.get()), (5, 60, 86_400));
    assert_eq!(local.triggers().count(), 4);
    assert_eq!(
        local.app_clients.iter().map(AppClient::output).collect::<Vec<_>>(),
        ["AppClientWebId", "AppClientServerId"]
    );
    let article = parse(ARTICLE).unwrap();
    assert!(!article.gate && article.triggers().all(|trigger| trigger != Trigger::Gate));
    assert_eq!(article.app_clients[0].auth_flows.len(), 5);
    assert_ne!(local.aws.stack, article.aws.stack);
}

/// What is to be filled in stands in both; what differs is said in the files.
#[test]
fn the_stages_on_aws_are_complete_and_alike() {
    let (dev, prod) = (parse(DEV).unwrap(), parse(PROD).unwrap());
    for stage in [&dev, &prod] {
        assert!(!stage.is_local() && stage.gate && stage.accepted.is_empty(), "{stage:?}");
        assert_eq!(stage.email.identity, Identity::Existing);
        assert!(stage.user_pool.deletion_protection);
    }
    assert!(prod.aws.termination_protection && !dev.aws.termination_protection);
    assert!(prod.log_retention.get() > dev.log_retention.get());
    assert_eq!(format!("{:?}", dev.challenge), format!("{:?}", prod.challenge), "what is tried is what goes on");
    assert_eq!(format!("{:?}", dev.app_clients), format!("{:?}", prod.app_clients));
}

#[test]
fn one_mistake_is_one_message_on_its_line() {
    #[rustfmt::skip]
    let table = [
        ("typo in a key", "sign_in = ", "sing_in = ",
         &["`user_pool.sign_in` is missing <- [user_pool]",
           "unknown key `user_pool.sing_in`, did you mean `sign_in`? <- sing_in = \"email\" # or \"username\"; fixed once the pool exists"][..]),
        ("unknown section", "[tags]", "[tag]",
         &["section `[tags]` is missing <- # The stage on a laptop and in the tests: no account, so everything goes to the local AWS.",
           "unknown key `tag`, did you mean `tags`? <- [tag]"]),
        ("time-out of 2", "confirm_code_timeout = 10 # minutes; Cognito waits five more, so that a code that ran out can be sent again", "confirm_code_timeout = 2",
         &["`challenge.confirm_code_timeout`: 2 is outside of 3 to 15 <- confirm_code_timeout = 2"]),
        ("time-out of 16", "confirm_code_timeout = 10 # minutes; Cognito waits five more, so that a code that ran out can be sent again", "confirm_code_timeout = 16",
         &["`challenge.confirm_code_timeout`: 16 is outside of 3 to 15 <- confirm_code_timeout = 16"]),
        ("negative time-out", "confirm_code_timeout = 10 # minutes; Cognito waits five more, so that a code that ran out can be sent again", "confirm_code_timeout = -1",
         &["`challenge.confirm_code_timeout`: -1 is negative <- confirm_code_timeout = -1"]),
        ("attribute of 21 characters", "attribute = \"authChallenge\" # without its \"custom:\"; fixed once the pool exists", "attribute = \"authChallenge12345678\"",
         &["`challenge.attribute`: `authChallenge12345678` has 21 characters, at most 20 are allowed <- attribute = \"authChallenge12345678\""]),
        ("attribute with its prefix", "\"authChallenge\" #", "\"custom:authChallenge\" #",
         &["`challenge.attribute`: `custom:authChallenge` is written without `custom:` <- attribute = \"custom:authChallenge\" # without its \"custom:\"; fixed once the pool exists"]),
        ("missing sender", "from_address = \"sign-in@example.com\"\n", "",
         &["`email.from_address` is missing <- [email]"]),
        ("sender that is none", "from_address = \"sign-in@example.com\"", "from_address = \"sign-in@example\"",
         &["`email.from_address`: `sign-in@example` is not an e-mail address <- from_address = \"sign-in@example\""]),
        ("sender of another domain", "from_address = \"sign-in@example.com\"", "from_address = \"sign-in@example.org\"",
         &["`email.identity_name`: `sign-in@example.com` is neither `sign-in@example.org` nor its domain <- identity_name = \"sign-in@example.com\" # or the domain that the sender belongs to"]),
        ("CloudFormation in a product name", "product_name = \"Example\"", "product_name = \"Example ${AWS::AccountId}\"",
         &["`email.product_name`: `Example ${AWS::AccountId}` is refused: `${` is CloudFormation's <- product_name = \"Example ${AWS::AccountId}\""]),
        ("dynamic reference in a product name", "product_name = \"Example\"", "product_name = \"{{resolve:ssm:x}}\"",
         &["`email.product_name`: `{{resolve:ssm:x}}` is refused: `{{` is CloudFormation's <- product_name = \"{{resolve:ssm:x}}\""]),
        ("line break in a product name", "product_name = \"Example\"", "product_name = \"Ex\\nBcc: x\"",
         &["`email.product_name`: `Ex\\nBcc: x` holds the invisible character \\u{a} <- product_name = \"Ex\\nBcc: x\""]),
        ("hidden direction in a product name", "product_name = \"Example\"", "product_name = \"Ex\\u202eample\"",
         &["`email.product_name`: `Ex\u{202e}ample` holds the invisible character \\u{202e} <- product_name = \"Ex\\u202eample\""]),
        ("wrong type", "self_sign_up = false", "self_sign_up = \"no\"",
         &["`user_pool.self_sign_up`: expected true or false, found a string <- self_sign_up = \"no\""]),
        ("number as text", "code_length = 6", "code_length = \"6\"",
         &["`challenge.code_length`: expected a whole number, found a string <- code_length = \"6\""]),
        ("language without a mail", "default_locale = \"en\"", "default_locale = \"xx\"",
         &["`email.default_locale`: there is no mail in `xx`, only in `en`, `de`, `es`, `fr`, `ja`, `vi`, `pt-BR` <- default_locale = \"xx\""]),
        ("unknown tier", "tier = \"lite\" #", "tier = \"basic\" #",
         &["`user_pool.tier`: `basic` is none of `lite`, `essentials`, `plus` <- tier = \"basic\" # Cognito's own e-mail MFA needs \"essentials\" or \"plus\""]),
        ("account for what the local AWS alone can do", "region = \"eu-central-1\"\nstack", "account = \"111122223333\"\nregion = \"eu-central-1\"\nstack",
         &["`aws.architecture`: `host` is for a stage without an account, since the machine that builds is not the one that runs <- architecture = \"host\" # the local AWS runs the functions as processes of this machine",
           "`email.identity`: `managed` is for a stage without an account: Cognito checks its sender when the pool is made, and SES has not verified yet what the same stack makes; verify it first, and say `existing` <- identity = \"managed\" # the stack makes it: the local AWS takes it as verified at once. On AWS: \"existing\""]),
        ("managed identity in another Region", "region = \"eu-central-1\"\nidentity", "region = \"eu-west-1\"\nidentity",
         &["`email.region`: an identity that the stack manages lies in the stack's Region `eu-central-1` <- region = \"eu-west-1\""]),
        ("an unknown rule for marks", "attempt = \"optional\" #", "attempt = \"always\" #",
         &["`challenge.attempt`: `always` is none of `optional`, `required` <- attempt = \"always\" # \"required\": no tokens for a code that came without `clientMetadata.attempt`"]),
        ("unknown store", "store = \"table\" # exact limits, also under parallel guesses; \"attribute\" is soft", "store = \"redis\"",
         &["`challenge.store`: `redis` is none of `attribute`, `table` <- store = \"redis\""]),
        ("soft limits", "store = \"table\" # exact limits, also under parallel guesses; \"attribute\" is soft", "store = \"attribute\"",
         &["refused: parallel guesses can exceed the limits that are kept in an attribute; a stage that takes the risk says `accept = [\"soft-limits\"]` <- store = \"attribute\""]),
        ("a lock after 2", "lock_after = 5 # wrong codes in a row, over all sign-ins, before the user is locked", "lock_after = 2",
         &["`challenge.lock_after`: 2 is outside of 3 to 10 <- lock_after = 2"]),
        ("a first wait of 29", "lock_first_wait = 60 # seconds of the first lock; each further wrong code doubles it", "lock_first_wait = 29",
         &["`challenge.lock_first_wait`: 29 is outside of 30 to 3600 <- lock_first_wait = 29"]),
        ("a longest wait of more than a day", "lock_longest_wait = 86400 # seconds that a lock lasts at most", "lock_longest_wait = 86401",
         &["`challenge.lock_longest_wait`: 86401 is outside of 3600 to 86400 <- lock_longest_wait = 86401"]),
        ("no longest wait", "lock_longest_wait = 86400 # seconds that a lock lasts at most\n", "",
         &["`challenge.lock_longest_wait` is missing <- [challenge]"]),
        ("line break in a sender's name", "# sender_name = \"…\" would be whom a mail program shows as the sender, in the place of the product.", "sender_name = \"Ex\\r\\nBcc: x\"",
         &["`email.sender_name`: `Ex\\r\\nBcc: x` holds the invisible character \\u{d} <- sender_name = \"Ex\\r\\nBcc: x\""]),
        ("answers to what is no address", "# reply_to = \"…\" would be where an answer to a mail goes.", "reply_to = \"nobody\"",
         &["`email.reply_to`: `nobody` is not an e-mail address <- reply_to = \"nobody\""]),
        ("alarms to what is no address", "# alarm_address = \"…\" would subscribe a mailbox to the alarms, once it has confirmed that to SNS.", "alarm_address = 1",
         &["`triggers.alarm_address`: expected a string, found an integer <- alarm_address = 1"]),
        ("two app clients of one name", "name = \"server\"", "name = \"web\"",
         &["`app_client.name`: there is another app client `web` <- name = \"web\""]),
        ("nothing said of termination", "termination_protection = false # the local AWS is there to be thrown away\n", "",
         &["`aws.termination_protection` is missing <- [aws]"]),
        ("pipeline into the local AWS", "[tags]", "[pipeline]\ngithub_repository = \"example/sign-in\"\n\n[tags]",
         &["`pipeline`: a stage without an account is on the local AWS, where no pipeline deploys <- github_repository = \"example/sign-in\""]),
        ("repository without an owner", "[tags]", "[pipeline]\ngithub_repository = \"sign-in\"\n\n[tags]",
         &["`pipeline.github_repository`: `sign-in` is not a repository such as `owner/name` <- github_repository = \"sign-in\""]),
        ("empty pipeline", "[tags]", "[pipeline]\n\n[tags]",
         &["`pipeline.github_repository` is missing <- [pipeline]"]),
        ("unknown key of a pipeline", "[tags]", "[pipeline]\ngithub_repository = \"x\"\nbranch = \"main\"\n\n[tags]",
         &["`pipeline.github_repository`: `x` is not a repository such as `owner/name` <- github_repository = \"x\"",
           "unknown key `pipeline.branch` <- branch = \"main\""]),
        ("stack name that functions cannot begin with", "stack = \"cognito-email-mfa-local\"", "stack = \"a-name-of-more-than-thirty-six-characters\"",
         &["`aws.stack`: `a-name-of-more-than-thirty-six-characters` has 41 characters, at most 36 are allowed <- stack = \"a-name-of-more-than-thirty-six-characters\""]),
        ("reserved tag", "product = \"cognito-email-mfa\"", "\"aws:product\" = \"x\"",
         &["`tags`: `aws:product` is reserved: `aws:` begins AWS's own tags <- \"aws:product\" = \"x\""]),
        ("no gate", "gate = true #", "gate = false #",
         &["refused: tokens are issued without proof that a code was confirmed; a stage that takes the risk says `accept = [\"no-gate\"]` <- gate = false # tokens only for a confirmed code, whatever flow asks for them"]),
        ("a readable attribute", "secret = false\nauth_flows = [\"ALLOW_CUSTOM_AUTH\", \"ALLOW_REFRESH_TOKEN_AUTH\"]\nattribute_access = \"none\"", "secret = false\nauth_flows = [\"ALLOW_CUSTOM_AUTH\", \"ALLOW_REFRESH_TOKEN_AUTH\"]\nattribute_access = \"read\"",
         &["refused: the sealed state of a challenge travels in every ID token of the client; a stage that takes the risk says `accept = [\"attribute-read\"]` <- attribute_access = \"read\""]),
        ("open sign-up", "self_sign_up = false", "self_sign_up = true",
         &["refused: anybody can make an account through a public client; a stage that takes the risk says `accept = [\"open-sign-up\"]` <- self_sign_up = true"]),
        ("unprotected pool", "deletion_protection = true", "deletion_protection = false",
         &["refused: one call deletes every user; a stage that takes the risk says `accept = [\"no-deletion-protection\"]` <- deletion_protection = false"]),
        ("recovery by e-mail", "\"admin_only\" #", "\"verified_email\" #",
         &["refused: whoever reads the mailbox has both factors; a stage that takes the risk says `accept = [\"recovery-by-email\"]` <- recovery = \"verified_email\" # recovery by e-mail would hand both factors to whoever reads the mailbox"]),
        ("accepted for nothing", "accept = []", "accept = [\"no-gate\"]",
         &["`accept`: `no-gate` is accepted, but the stage does not take that risk <- accept = [\"no-gate\"]"]),
        ("unknown risk", "accept = []", "accept = [\"everything\"]",
         &["`accept`: `everything` is none of `password-only-flows`, `attribute-read`, `attribute-write`, `no-gate`, `code-life-over-10-minutes`, `recovery-by-email`, `open-sign-up`, `no-deletion-protection`, `soft-limits` <- accept = [\"everything\"]"]),
    ];
    for (name, from, to, expected) in table {
        assert_eq!(complaints(&changed(LOCAL, from, to)), expected, "{name}");
    }
}

#[test]
fn a_password_only_flow_beside_the_gate_needs_marks() {
    let flow = "secret = false\nauth_flows = [\"ALLOW_CUSTOM_AUTH\", \"ALLOW_REFRESH_TOKEN_AUTH\"]";
    let text = changed(LOCAL, flow, "secret = false\nauth_flows = [\"ALLOW_CUSTOM_AUTH\", \"ALLOW_USER_SRP_AUTH\"]");
    let text = changed(&text, "accept = []", "accept = [\"password-only-flows\"]");
    let complaint = "`app_client.auth_flows`: `ALLOW_USER_SRP_AUTH` beside the gate needs `challenge.attempt = \"required\"`: it could otherwise take the tokens of a code that its user has just confirmed <- auth_flows = [\"ALLOW_CUSTOM_AUTH\", \"ALLOW_USER_SRP_AUTH\"]";
    assert_eq!(complaints(&text), [complaint]);
    let marked = changed(&text, "attempt = \"optional\"", "attempt = \"required\"");
    assert_eq!(parse(&marked).unwrap().challenge.policy.attempt, challenge::AttemptRule::Required);
}

#[test]
fn marks_are_optional_where_a_file_says_nothing_of_them() {
    let line = LOCAL.lines().find(|line| line.starts_with("attempt = ")).unwrap();
    let stage = parse(&changed(LOCAL, line, "")).unwrap();
    assert_eq!(stage.challenge.policy.attempt, challenge::AttemptRule::Optional);
}

/// Cognito checks the sender when it makes the pool: the first deploy to an account would fail half-way.
#[test]
fn an_account_has_a_sender_that_is_verified_before() {
    let text = changed(LOCAL, "architecture = \"host\"", "account = \"111122223333\"\narchitecture = \"arm64\"");
    assert!(parse(&text).is_err());
    assert!(!parse(&changed(&text, "identity = \"managed\"", "identity = \"existing\"")).unwrap().is_local());
}

/// Else whoever registers the name of the example could deploy into an account that is real.
#[test]
fn an_account_of_ones_own_trusts_a_repository_of_ones_own() {
    let account = changed(PROD, "111122223333", "444455556666");
    let refused = complaints(&account);
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(
        refused[0].starts_with("`pipeline.github_repository`: `OWNER/REPOSITORY` is to be replaced"),
        "{refused:?}"
    );
    let repository = parse(&changed(&account, "OWNER/REPOSITORY", "example/sign-in")).unwrap().pipeline.unwrap();
    assert_eq!(repository.github_repository.as_ref(), "example/sign-in");
    let (before, section) = account.split_once("[pipeline]").unwrap();
    let (_, after) = section.split_once("\n\n").unwrap();
    assert!(parse(&format!("{before}{after}")).unwrap().pipeline.is_none());
}

#[test]
fn repositories() {
    for (text, expected) in [
        ("owner/name", true),
        ("Owner-1/na_me.x", true),
        ("owner", false),
        ("owner/", false),
        ("/name", false),
        ("owner/..", false),
        ("owner@12/name@345", true),
        ("owner@/name", false),
        ("owner@x/name", false),
        ("owner/name@1@2", false),
        ("owner/name/more", false),
        ("owner/*", false),
        ("owner/name:ref:x", false),
        ("owner/na me", false),
    ] {
        assert_eq!(RepositoryName::new(text).is_ok(), expected, "{text}");
    }
}

#[test]
fn every_list_is_read_to_its_end() {
    let flows = "auth_flows = [\n    \"ALLOW_ADMIN_USER_PASSWORD_AUTH\",";
    let text = changed(ARTICLE, flows, "auth_flows = [\n    \"ALLOW_EVERYTHING\",\n    7,");
    let words = "`ALLOW_CUSTOM_AUTH`, `ALLOW_REFRESH_TOKEN_AUTH`, `ALLOW_USER_PASSWORD_AUTH`, `ALLOW_USER_SRP_AUTH`, \
                 `ALLOW_ADMIN_USER_PASSWORD_AUTH`, `ALLOW_USER_AUTH`";
    assert_eq!(
        complaints(&text),
        [
            format!("`app_client.auth_flows`: `ALLOW_EVERYTHING` is none of {words} <-     \"ALLOW_EVERYTHING\","),
            "`app_client.auth_flows`: expected a string, found an integer <-     7,".to_owned(),
        ]
    );
}

#[test]
fn flows_that_cannot_be() {
    for (name, flow, expected) in [
        (
            "twice",
            "ALLOW_CUSTOM_AUTH",
            "`app_client.auth_flows`: `ALLOW_CUSTOM_AUTH` stands here twice <-     \"ALLOW_CUSTOM_AUTH\",",
        ),
        (
            "beyond the tier",
            "ALLOW_USER_AUTH",
            "`app_client.auth_flows`: `ALLOW_USER_AUTH` needs the tier `essentials` or `plus` <-     \"ALLOW_USER_AUTH\",",
        ),
    ] {
        assert_eq!(complaints(&changed(ARTICLE, "ALLOW_USER_SRP_AUTH", flow)), [expected], "{name}");
    }
    let (before, rest) = ARTICLE.split_once("auth_flows = [").unwrap();
    let (_, after) = rest.split_once("]\n").unwrap();
    assert_eq!(
        complaints(&format!("{before}auth_flows = []\n{after}")),
        ["`app_client.auth_flows` is empty: Cognito would choose flows of its own <- auth_flows = []"]
    );
}

#[test]
fn a_stage_without_app_clients_is_told_so_once() {
    let (before, after) = ARTICLE.split_once("[[app_client]]").unwrap();
    let (_, tags) = after.split_once("[tags]").unwrap();
    let refused = complaints(&format!("{before}[tags]{tags}"));
    assert_eq!(refused.len(), 1, "{refused:#?}");
    assert!(refused[0].starts_with("`[[app_client]]` is missing"), "{refused:#?}");
}

#[test]
fn every_problem_in_one_run_in_the_order_of_lines() {
    let text = changed(LOCAL, "sign_in = ", "sing_in = ");
    let text = changed(&text, "code_length = 6", "code_length = 5");
    let text = changed(&text, "from_address = \"sign-in@example.com\"\n", "");
    let text = changed(&text, "gate = true", "gate = false");
    let text = changed(&text, "name = \"server\"", "name = \"web\"");
    let problems = parse(&text).unwrap_err().into_vec();
    let places: Vec<_> = problems.iter().map(|problem| (problem.line, problem.column)).collect();
    assert_eq!(problems.len(), 6, "{problems:#?}");
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_line_number_is_the_line() {
    let text = parse(&changed(LOCAL, "code_length = 6", "code_length = 5")).unwrap_err().to_string();
    let line = LOCAL.lines().position(|line| line == "code_length = 6").unwrap() + 1;
    let place = format!("deploy/stages/test.toml:{line}:15: ");
    assert_eq!(text, format!("the stage file is refused\n  {place}`challenge.code_length`: 5 is outside of 6 to 8"));
}

#[test]
fn the_article_says_what_it_accepts() {
    let (before, rest) = ARTICLE.split_once("accept = [").unwrap();
    let (_, after) = rest.split_once("]\n").unwrap();
    let refused = complaints(&format!("{before}accept = []\n{after}"));
    for risk in ["password-only-flows", "attribute-write", "no-gate", "code-life-over-10-minutes", "soft-limits"] {
        assert!(
            refused.iter().any(|message| message.contains(&format!("accept = [\"{risk}\"]"))),
            "{risk}: {refused:#?}"
        );
    }
    assert_eq!(refused.len(), 7, "three flows and one of each other: {refused:#?}");
}

#[test]
fn a_mistake_does_not_make_an_accepted_risk_look_idle() {
    let refused = complaints(&changed(ARTICLE, "gate = false", "gate = \"false\""));
    assert_eq!(refused, ["`triggers.gate`: expected true or false, found a string <- gate = \"false\""]);
}

#[test]
fn what_is_no_toml_is_said_with_its_line() {
    let refused = complaints("accept = []\n[aws\nregion = 1\n");
    assert_eq!(refused.len(), 1);
    assert!(refused[0].starts_with("not TOML: ") && refused[0].ends_with("<- [aws"), "{refused:?}");
}

#[test]
fn addresses() {
    let good = ["a@b.c", "sign-in+mfa@mail.example.com", "A.B_c@example-1.com"];
    let bad = [
        "",
        "@example.com",
        "a@",
        "a@b",
        "a@@b.c",
        "a b@c.d",
        "a@b..c",
        ".a@b.c",
        "a@-b.c",
        "\"a\"@b.c",
        "a@b.c\n",
        "a${x}@b.c",
    ];
    assert!(good.iter().all(|text| EmailAddress::new(text).is_ok()));
    for text in bad {
        assert!(EmailAddress::new(text).is_err(), "{text:?}");
    }
}

#[test]
fn regions() {
    for (text, expected) in [
        ("eu-central-1", true),
        ("us-gov-west-1", true),
        ("eu-central", false),
        ("eu_central_1", false),
        ("EU-central-1", false),
        ("eu-central-12", false),
        ("1", false),
    ] {
        assert_eq!(Region::new(text).is_ok(), expected, "{text}");
    }
}
