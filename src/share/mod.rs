//! What leaves the house for another agency: under which agreement, and signed.

mod agreement;
mod answer;
mod approval;
mod bearer;
mod jwk;
mod jws;
mod key;

pub use agreement::{Agreement, ClientId, NameError, Refusal, Service};
pub use answer::{ANSWER_TYPE, Answer, Request, VerifiedAnswer, sign, verify};
pub use approval::{Approved, sign_approval, verify_approval};
pub use bearer::{BearerError, Claims, Issuer};
pub use jwk::{JwkError, VerifyingKeys};
pub use jws::VerifyError;
pub use key::{KeyError, SigningKey};
