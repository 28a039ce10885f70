//! The name of the bucket that artefacts lie in.

/// The bucket that holds the artefacts of an account and Region; its name is unique among all accounts.
#[must_use]
pub fn artefact_bucket(account: &str, region: &str) -> String {
    format!("cognito-email-mfa-artefacts-{account}-{region}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_name_is_not_too_long() {
        assert!(artefact_bucket("111122223333", "ap-southeast-1").len() <= 63);
    }
}
