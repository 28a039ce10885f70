//! Which risks a stage takes, and whether it has accepted each by name.

use super::choice::{AttributeAccess, AuthFlow, Recovery, Risk, Store};
use super::problem::Collector;
use super::raw::Raw;
use super::reader::At;

/// The most minutes that a code lives without the risk being accepted.
const CODE_LIFE_MINUTES: u8 = 10;

/// What the file says about each risk. A setting that could not be read says nothing, so that one mistake is not two.
#[derive(Debug, Default)]
struct Ledger {
    taken: Vec<(Risk, usize)>,
    unknown: Vec<Risk>,
}

impl Ledger {
    fn weigh<T>(&mut self, risk: Risk, setting: Option<&At<T>>, takes: impl FnOnce(&T) -> bool) {
        match setting {
            Some(setting) if takes(&setting.value) => self.taken.push((risk, setting.offset)),
            Some(_) => {}
            None => self.unknown.push(risk),
        }
    }
}

pub(super) fn check(raw: &Raw, problems: &mut Collector<'_>) {
    let ledger = risks(raw);
    let Some(accepted) = &raw.accept else { return };
    for &(risk, offset) in &ledger.taken {
        if !accepted.iter().any(|accept| accept.value == risk) {
            let why = risk.consequence();
            problems.add(offset, format!("refused: {why}; a stage that takes the risk says `accept = [\"{risk}\"]`"));
        }
    }
    for (index, accept) in accepted.iter().enumerate() {
        let risk = accept.value;
        if accepted[..index].iter().any(|earlier| earlier.value == risk) {
            problems.add(accept.offset, format!("`accept`: `{risk}` stands here twice"));
        } else if !ledger.unknown.contains(&risk) && !ledger.taken.iter().any(|(taken, _)| *taken == risk) {
            problems
                .add(accept.offset, format!("`accept`: `{risk}` is accepted, but the stage does not take that risk"));
        }
    }
}

fn risks(raw: &Raw) -> Ledger {
    let mut ledger = Ledger::default();
    let pool = &raw.user_pool;
    ledger.weigh(Risk::NoGate, raw.gate.as_ref(), |gate| !gate);
    ledger.weigh(Risk::CodeLifeOver10Minutes, raw.challenge.code_life.as_ref(), |life| life.get() > CODE_LIFE_MINUTES);
    ledger.weigh(Risk::RecoveryByEmail, pool.recovery.as_ref(), |recovery| *recovery == Recovery::VerifiedEmail);
    ledger.weigh(Risk::OpenSignUp, pool.self_sign_up.as_ref(), |open| *open);
    ledger.weigh(Risk::NoDeletionProtection, pool.deletion_protection.as_ref(), |protected| !protected);
    ledger.weigh(Risk::SoftLimits, raw.challenge.store.as_ref(), |store| *store == Store::Attribute);
    if raw.clients_unread {
        ledger.unknown.extend([Risk::AttributeRead, Risk::AttributeWrite, Risk::PasswordOnlyFlows]);
    }
    for client in &raw.app_clients {
        // Who may write it reads what he likes there: the wider risk is the one to accept.
        for (risk, taking) in
            [(Risk::AttributeRead, AttributeAccess::Read), (Risk::AttributeWrite, AttributeAccess::ReadWrite)]
        {
            ledger.weigh(risk, client.attribute_access.as_ref(), |access| *access == taking);
        }
        match &client.auth_flows {
            Some(flows) => {
                let password_only = |flow: &AuthFlow| flow.is_password_only();
                flows.iter().for_each(|flow| ledger.weigh(Risk::PasswordOnlyFlows, Some(flow), password_only));
            }
            None => ledger.unknown.push(Risk::PasswordOnlyFlows),
        }
    }
    ledger
}
