//! Mail that is accepted for sending.

use serde_json::{Value, json};

use super::Reply;
use crate::mail::Mail;

pub(super) fn send_email(mails: &mut Vec<Mail>, body: &Value) -> Reply {
    let simple = &body["Content"]["Simple"];
    let text = |part: &Value| part["Data"].as_str().unwrap_or_default().to_owned();
    let to = body["Destination"]["ToAddresses"].as_array().into_iter().flatten();
    let mail = Mail {
        from: body["FromEmailAddress"].as_str().unwrap_or_default().to_owned(),
        to: to.filter_map(|address| address.as_str().map(str::to_owned)).collect(),
        subject: text(&simple["Subject"]),
        text: text(&simple["Body"]["Text"]),
        html: text(&simple["Body"]["Html"]),
    };
    if mail.from.is_empty() || mail.to.is_empty() || mail.subject.is_empty() {
        return Reply::refused("BadRequestException", "a mail needs a sender, a recipient and a subject");
    }
    mails.push(mail);
    Reply::ok(json!({ "MessageId": format!("message-{}", mails.len()) }))
}
