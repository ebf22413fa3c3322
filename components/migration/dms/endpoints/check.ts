import type { ArgumentCheck } from "../../../core/validate";
import { needsCertificate } from "./engines";
import type { Endpoint } from "./settings";

/** Checks what no single setting of an endpoint can tell. */
export function checkEndpoint(role: "source" | "target", endpoint: Endpoint, check: ArgumentCheck): void {
  if ("tls" in endpoint) {
    const { tls, certificate } = endpoint;
    const weaker = ["oracle", "mysql", "mariadb", "aurora", "docdb"].includes(endpoint.engine)
      ? ""
      : " (or tls: require, which encrypts and verifies nobody)";
    check.require(
      !needsCertificate(tls) || certificate !== undefined,
      `${role}.certificate`,
      certificate,
      `the certificate of the server's authority, as tls is ${tls}${weaker}`,
    );
  }
  if ("certificate" in endpoint && endpoint.certificate && "wallet" in endpoint.certificate) {
    const isOracle = endpoint.engine === "oracle";
    check.require(isOracle, `${role}.certificate`, "a wallet", "pem or arn: wallets are Oracle's");
  }
  if (endpoint.engine === "s3" && "datePartition" in endpoint) {
    const { transactionFolder, datePartition } = endpoint;
    check.require(
      transactionFolder === undefined || datePartition === undefined || datePartition === "none",
      `${role}.datePartition`,
      datePartition,
      "none, where the order of transactions is kept",
    );
  }
}
