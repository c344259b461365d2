// Checks a signed answer without Địa Bạ: node verify-answer.mjs ANSWER-FILE JWKS-FILE
// Prints what was signed and exits 0, or says why not and exits 1. Needs the npm package `jose` (5 or later).
import { readFileSync } from "node:fs";
import { compactVerify, createLocalJWKSet } from "jose";

const text = (file) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));

try {
  const [answerFile, jwksFile] = process.argv.slice(2);
  const answer = text(answerFile);
  // The register writes base64url in one spelling only; most libraries read others too (loose last bits, padding, `+` for `-`).
  if (answer.split(".").some((part) => Buffer.from(part, "base64url").toString("base64url") !== part)) {
    throw new Error("a part is not canonical base64url");
  }
  const keys = createLocalJWKSet(JSON.parse(text(jwksFile)));
  const { payload, protectedHeader } = await compactVerify(answer, keys, { algorithms: ["ES256"] });
  if (protectedHeader.typ !== "diaba-answer+jws") throw new Error(`unexpected type ${protectedHeader.typ}`);
  console.log(JSON.stringify(JSON.parse(new TextDecoder().decode(payload)), null, 2));
} catch (error) {
  console.error(`not verified: ${error.message}`);
  process.exit(1);
}
