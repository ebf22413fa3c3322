/** This module writes a Java key store of trusted certificates, for a Java that has only its own list. */

import { createHash } from "node:crypto";

/** The password protects no secret; Java only needs it to verify the checksum of the file. */
const PASSWORD = "changeit";
const MAGIC = 0xfeedfeed;
const TRUSTED_CERTIFICATE = 2;

/**
 * Writes certificates in the JKS format, which every Java reads; `keytool` would take a minute for a system's list.
 *
 * @param certificates - The certificates, in PEM.
 */
export function javaTrustStore(certificates: readonly string[]): Buffer {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value, "latin1");
    return Buffer.concat([number(bytes.length).subarray(2), bytes]);
  };
  const entries = certificates.flatMap((pem, index) => {
    const der = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ""), "base64");
    return [
      number(TRUSTED_CERTIFICATE),
      text(`certificate-${index}`),
      Buffer.alloc(8),
      text("X.509"),
      number(der.length),
      der,
    ];
  });
  const store = Buffer.concat([number(MAGIC), number(2), number(certificates.length), ...entries]);
  const checksum = createHash("sha1")
    .update(Buffer.from(PASSWORD, "utf16le").swap16())
    .update("Mighty Aphrodite", "utf8")
    .update(store)
    .digest();
  return Buffer.concat([store, checksum]);
}
