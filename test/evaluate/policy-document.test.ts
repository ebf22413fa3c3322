import assert from "node:assert/strict";
import { policyDocument } from "../../evaluate/policy-document";
import { UNKNOWN } from "../../evaluate/wire";

describe("a policy document without an account", () => {
  const document = (args: object): unknown => JSON.parse(String(policyDocument(args as Record<string, unknown>).json));

  it("is written as the provider writes it", () => {
    assert.deepEqual(
      document({
        policyId: "lake",
        statements: [
          {
            sid: "Read",
            effect: "Deny",
            notActions: ["s3:GetObject", "s3:ListBucket"],
            resources: ["*"],
            principals: [
              { type: "Service", identifiers: ["glue.amazonaws.com"] },
              { type: "AWS", identifiers: ["123456789012"] },
            ],
            conditions: [
              { test: "Bool", variable: "aws:SecureTransport", values: ["false"] },
              { test: "StringEquals", variable: "aws:SourceAccount", values: ["1", "2"] },
            ],
          },
          { actions: ["sts:AssumeRole"], principals: [{ type: "*", identifiers: ["*"] }] },
        ],
      }),
      {
        Version: "2012-10-17",
        Id: "lake",
        Statement: [
          {
            Sid: "Read",
            Effect: "Deny",
            NotAction: ["s3:ListBucket", "s3:GetObject"],
            Resource: "*",
            Principal: { Service: "glue.amazonaws.com", AWS: "123456789012" },
            Condition: {
              Bool: { "aws:SecureTransport": "false" },
              StringEquals: { "aws:SourceAccount": ["2", "1"] },
            },
          },
          { Effect: "Allow", Action: "sts:AssumeRole", Principal: "*" },
        ],
      },
    );
  });

  it("takes over statements of other documents, the last one of a Sid winning", () => {
    const source = JSON.stringify({ Statement: [{ Sid: "A", Effect: "Allow", Action: "s3:Get*", Resource: "*" }] });
    const override = JSON.stringify({ Statement: [{ Sid: "B", Effect: "Deny", Action: "s3:*", Resource: "*" }] });
    assert.deepEqual(
      document({
        sourcePolicyDocuments: [source],
        statements: [{ sid: "B", actions: ["s3:PutObject"], resources: ["*"] }],
        overridePolicyDocuments: [override],
      }),
      {
        Version: "2012-10-17",
        Statement: [
          { Sid: "A", Effect: "Allow", Action: "s3:Get*", Resource: "*" },
          { Sid: "B", Effect: "Deny", Action: "s3:*", Resource: "*" },
        ],
      },
    );
  });

  it("is unknown while a part of it is", () => {
    const { json } = policyDocument({ statements: [{ actions: ["s3:GetObject"], resources: [UNKNOWN] }] });
    assert.equal(json, UNKNOWN);
  });
});
