//! A detached CMS signature (RFC 5652) over bytes: its digest is true, its signature value is not.

use sha2::{Digest, Sha256};

fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match contents.len() {
        short @ 0..0x80 => bytes.push(short as u8),
        middle @ 0x80..0x100 => bytes.extend([0x81, middle as u8]),
        long => bytes.extend([0x82, (long >> 8) as u8, long as u8]),
    }
    bytes.extend(contents);
    bytes
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    der(0x30, &parts.concat())
}

const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const PKCS7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
const PKCS9: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09];

fn oid(base: &[u8], last: &[u8]) -> Vec<u8> {
    der(0x06, &[base, last].concat())
}

/// The signature's bytes for what was signed.
pub fn over(parts: &[&[u8]]) -> Vec<u8> {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    let null = der(0x05, &[]);
    let sha256 = sequence(&[oid(SHA256, &[]), null.clone()]);
    let data = oid(PKCS7, &[1]);
    let attribute = |kind: u8, value: Vec<u8>| sequence(&[oid(PKCS9, &[kind]), der(0x31, &value)]);
    let attributes = [attribute(3, data.clone()), attribute(4, der(0x04, &digest.finalize()))].concat();
    let issuer = sequence(&[sequence(&[]), der(0x02, &[1])]);
    let signer = sequence(&[
        der(0x02, &[1]),
        issuer,
        sha256.clone(),
        der(0xa0, &attributes),
        sequence(&[oid(RSA, &[]), null]),
        der(0x04, &[0x5a; 64]),
    ]);
    let signed = sequence(&[der(0x02, &[1]), der(0x31, &sha256), sequence(&[data]), der(0x31, &signer)]);
    sequence(&[oid(PKCS7, &[2]), der(0xa0, &signed)])
}
