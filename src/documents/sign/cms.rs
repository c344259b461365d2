//! The signature itself: CMS signed data without the content, with the signer's certificate named in what is signed.
//!
//! # Source
//! RFC 5652; RFC 5035 (signing-certificate-v2); ETSI EN 319 122-1: no signing time inside, PAdES has it in the file.

use super::timestamp::time_stamp;
use super::{Algorithm, SignError, Signer};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use sha2::{Digest, Sha256};
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::der::asn1::{Any, Null, ObjectIdentifier, OctetString, SetOfVec};
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::AlgorithmIdentifierOwned;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const TIME_STAMP_TOKEN: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const ECDSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// A signature over a digest (SHA-256), in DER; with the token of a time-stamping authority, where one is named.
pub fn detached(
    digest: &[u8],
    signer: &Signer,
    authority: Option<&str>,
) -> Result<Vec<u8>, SignError> {
    let certificate = signer.certificate();
    let attributes = attributes(digest, &certificate.to_der()?)?;
    let signature = signer.sign(&attributes.to_der()?)?;
    let token = authority.map(|authority| time_stamp(authority, &signature));
    let unsigned = token.map(|token| Ok::<_, SignError>([one(TIME_STAMP_TOKEN, token?)?]));
    let unsigned = unsigned.transpose()?.map(SetOfVec::from_iter).transpose()?;
    let sha_256 = algorithm(SHA_256, false);
    let signature_algorithm = match signer.algorithm() {
        Algorithm::RsaSha256 => algorithm(RSA_SHA_256, true),
        Algorithm::EcdsaSha256 => algorithm(ECDSA_SHA_256, false),
    };
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: certificate.tbs_certificate.issuer.clone(),
            serial_number: certificate.tbs_certificate.serial_number.clone(),
        }),
        digest_alg: sha_256.clone(),
        signed_attrs: Some(attributes),
        signature_algorithm,
        signature: OctetString::new(signature)?,
        unsigned_attrs: unsigned,
    };
    let certificates = SetOfVec::from_iter([CertificateChoices::Certificate(certificate.clone())])?;
    let signed = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::from_iter([sha_256])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: DATA,
            econtent: None,
        },
        certificates: Some(CertificateSet(certificates)),
        crls: None,
        signer_infos: SignerInfos(SetOfVec::from_iter([info])?),
    };
    let content = ContentInfo {
        content_type: SIGNED_DATA,
        content: Any::encode_from(&signed)?,
    };
    Ok(content.to_der()?)
}

fn algorithm(oid: ObjectIdentifier, has_null: bool) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid,
        parameters: has_null.then(|| Any::from(Null)),
    }
}

fn one(oid: ObjectIdentifier, value: Any) -> Result<Attribute, SignError> {
    Ok(Attribute {
        oid,
        values: SetOfVec::from_iter([value])?,
    })
}

/// What is signed: the kind of content, its digest, and which certificate signs.
fn attributes(digest: &[u8], certificate: &[u8]) -> Result<Attributes, SignError> {
    // SEQUENCE { SEQUENCE { SEQUENCE { OCTET STRING } } }: SHA-256 is the default and left out.
    let mut named = vec![0x30, 38, 0x30, 36, 0x30, 34, 0x04, 32];
    named.extend(Sha256::digest(certificate));
    let attributes = [
        one(CONTENT_TYPE, Any::encode_from(&DATA)?)?,
        one(
            MESSAGE_DIGEST,
            Any::encode_from(&OctetString::new(digest.to_vec())?)?,
        )?,
        one(SIGNING_CERTIFICATE_V2, Any::from_der(&named)?)?,
    ];
    Ok(SetOfVec::from_iter(attributes)?)
}
