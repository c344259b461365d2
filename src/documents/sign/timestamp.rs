//! Time-stamps over signatures, from a time-stamping authority: that a signature was there at a time is then said by another than who
//! signs, and it can be checked when the signer's certificate has ended.
//!
//! # Source
//! RFC 3161 (over HTTP: 3.4); ETSI EN 319 122-1, 5.3 (signature-time-stamp), by which PAdES B-B becomes B-T.

use super::SignError;
use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use sha2::{Digest, Sha256};
use std::time::Duration;
use ureq::Agent;
use x509_cert::der::asn1::{Any, ObjectIdentifier};
use x509_cert::der::{Decode, Encode, Tag, Tagged};

const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// How long an authority may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer.
const ANSWER_BYTES: u64 = 64 * 1024;

/// The token of an authority for a signature.
pub fn time_stamp(authority: &str, signature: &[u8]) -> Result<Any, SignError> {
    let digest = Sha256::digest(signature).to_vec();
    // Its first bits make it a positive number of eight bytes.
    let nonce = (rand::random::<u64>() >> 2 | 1 << 62).to_be_bytes();
    let answer = asked(authority, &query(&digest, nonce))?;
    let unreadable = |error: x509_cert::der::Error| wrong(format!("its answer: {error}"));
    let parts = Vec::<Any>::from_der(&answer).map_err(unreadable)?;
    let status = parts.first().map(|status| status.decode_as::<Vec<Any>>());
    let status = status.transpose().map_err(unreadable)?.unwrap_or_default();
    let status = status.first().map(Any::value);
    let (Some([0 | 1]), Some(token)) = (status, parts.get(1)) else {
        return Err(wrong(format!("it refuses, with status {status:?}")));
    };
    if is_of(token, &digest, &nonce).map_err(unreadable)? {
        return Ok(token.clone());
    }
    Err(wrong("its token is of another signature"))
}

fn wrong(text: impl Into<String>) -> SignError {
    SignError::TimeStamp(text.into())
}

/// What is asked: a token for a digest (SHA-256), with a number that comes back, and with the authority's certificate.
fn query(digest: &[u8], nonce: [u8; 8]) -> Vec<u8> {
    const IMPRINT: [u8; 19] = [
        0x30, 49, 0x30, 13, 0x06, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0,
        0x04, 32,
    ];
    let mut query = vec![0x30, 67, 0x02, 1, 1];
    query.extend(IMPRINT);
    query.extend(digest);
    query.extend([0x02, 8]);
    query.extend(nonce);
    query.extend([0x01, 1, 0xFF]);
    query
}

fn asked(authority: &str, query: &[u8]) -> Result<Vec<u8>, SignError> {
    let failed = |error: ureq::Error| wrong(format!("{authority}: {error}"));
    let agent = Agent::config_builder().timeout_global(Some(PATIENCE));
    let agent: Agent = agent.build().into();
    let request = agent
        .post(authority)
        .header("content-type", "application/timestamp-query");
    let mut answer = request.send(query).map_err(failed)?;
    let body = answer.body_mut().with_config().limit(ANSWER_BYTES);
    body.read_to_vec().map_err(failed)
}

/// Whether a token is of a digest and an asking.
fn is_of(token: &Any, digest: &[u8], nonce: &[u8]) -> Result<bool, x509_cert::der::Error> {
    let content = ContentInfo::from_der(&token.to_der()?)?;
    let signed = content.content.decode_as::<SignedData>()?;
    let told = signed.encap_content_info;
    let Some(info) = told.econtent.filter(|_| told.econtent_type == TST_INFO) else {
        return Ok(false);
    };
    // Version, policy, imprint, serial, time, and what may follow.
    let info = Vec::<Any>::from_der(info.value())?;
    let imprint = match info.get(2) {
        Some(imprint) => imprint.decode_as::<Vec<Any>>()?,
        None => return Ok(false),
    };
    let is_of_digest = imprint.get(1).is_some_and(|hash| hash.value() == digest);
    let mut rest = info.iter().skip(5);
    let is_of_nonce = rest.any(|part| part.tag() == Tag::Integer && part.value() == nonce);
    Ok(is_of_digest && is_of_nonce)
}
