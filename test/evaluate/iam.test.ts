import assert from "node:assert/strict";
import { decide, type AccessRequest, type ApplicablePolicies } from "../../evaluate/iam/decide";
import { fulfils } from "../../evaluate/iam/conditions";
import { matchesArn, matchesPattern, parsePolicy, type RequestContext } from "../../evaluate/iam/policy";

const ACCOUNT = "123456789012";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;
const BUCKET = "arn:aws:s3:::reports";
const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/1`;
const QUEUE = `arn:aws:sqs:eu-central-1:${ACCOUNT}:jobs`;

const policy = (...statements: readonly object[]) => parsePolicy(JSON.stringify({ Statement: statements }));
const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown, more: object = {}) => ({ Effect: "Deny", Action, Resource, ...more });
const read: AccessRequest = {
  caller: { kind: "identity", arn: ROLE },
  action: "s3:GetObject",
  resource: `${BUCKET}/a.csv`,
};
const root = { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } };

describe("the evaluation of IAM policies", () => {
  const cases: readonly [string, AccessRequest, ApplicablePolicies, string][] = [
    ["refuses what no statement allows", read, { identity: [] }, "implicitDeny identity"],
    ["allows what the role's policy allows", read, { identity: policy(allow("s3:GetObject", `${BUCKET}/*`)) }, "allow"],
    ["ignores the case of an action", read, { identity: policy(allow("S3:getobject", "*")) }, "allow"],
    [
      "respects the case of a resource",
      read,
      { identity: policy(allow("s3:*", `${BUCKET}/A*`)) },
      "implicitDeny identity",
    ],
    ["matches wildcards inside an action", read, { identity: policy(allow("s3:Get*", "*")) }, "allow"],
    ["matches one character with ?", read, { identity: policy(allow("s3:GetObject", `${BUCKET}/?.csv`)) }, "allow"],
    [
      "refuses what is denied although it is allowed",
      read,
      { identity: policy(allow("*", "*"), deny("s3:GetObject", "*")) },
      "explicitDeny",
    ],
    [
      "applies NotAction to every other action",
      read,
      { identity: policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }) },
      "allow",
    ],
    [
      "does not apply NotAction to the actions that it lists",
      read,
      { identity: policy({ Effect: "Allow", NotAction: ["s3:Get*"], Resource: "*" }) },
      "implicitDeny identity",
    ],
    [
      "denies everything but NotResource",
      read,
      { identity: policy(allow("s3:*", "*"), { Effect: "Deny", Action: "s3:*", NotResource: `${BUCKET}/b*` }) },
      "explicitDeny",
    ],
    [
      "allows within an account what the resource's policy allows the role",
      read,
      { identity: [], resource: policy(allow("s3:GetObject", `${BUCKET}/*`, { Principal: { AWS: ROLE } })) },
      "allow",
    ],
    [
      "does not allow by a resource's policy that names the account what the role's policy does not allow",
      read,
      { identity: [], resource: policy(allow("s3:GetObject", `${BUCKET}/*`, root)) },
      "implicitDeny identity",
    ],
    [
      "refuses what the resource's policy denies every principal",
      read,
      { identity: policy(allow("s3:*", "*")), resource: policy(deny("s3:*", `${BUCKET}/*`, { Principal: "*" })) },
      "explicitDeny",
    ],
    [
      "does not apply a Deny whose condition is not fulfilled",
      { ...read, context: { "aws:SecureTransport": "true" } },
      {
        identity: policy(allow("s3:*", "*")),
        resource: policy(
          deny("s3:*", "*", { Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        ),
      },
      "allow",
    ],
    [
      "limits the role's policy by the boundary",
      read,
      { identity: policy(allow("s3:*", "*")), boundary: policy(allow("sqs:*", "*")) },
      "implicitDeny boundary",
    ],
    [
      "limits a resource's policy that names the role by the boundary",
      read,
      {
        identity: [],
        resource: policy(allow("s3:*", "*", { Principal: { AWS: ROLE } })),
        boundary: policy(allow("sqs:*", "*")),
      },
      "implicitDeny boundary",
    ],
    [
      "grants nothing by a boundary alone",
      read,
      { identity: [], boundary: policy(allow("*", "*")) },
      "implicitDeny identity",
    ],
    [
      "does not allow the use of a key without its policy",
      { ...read, action: "kms:Decrypt", resource: KEY },
      { identity: policy(allow("kms:*", "*")), resource: [] },
      "implicitDeny resource",
    ],
    [
      "allows the use of a key whose policy leaves it to IAM",
      { ...read, action: "kms:Decrypt", resource: KEY },
      { identity: policy(allow("kms:Decrypt", KEY)), resource: policy(allow("kms:*", "*", root)) },
      "allow",
    ],
    [
      "needs the role's policy for a key whose policy leaves it to IAM",
      { ...read, action: "kms:Decrypt", resource: KEY },
      { identity: [], resource: policy(allow("kms:*", "*", root)) },
      "implicitDeny identity",
    ],
    [
      "needs both policies across accounts",
      { ...read, action: "sqs:SendMessage", resource: QUEUE.replace(ACCOUNT, "999999999999") },
      { identity: policy(allow("sqs:*", "*")), resource: [] },
      "implicitDeny resource",
    ],
    [
      "judges a service by the resource's policy alone",
      { caller: { kind: "service", service: "events.amazonaws.com" }, action: "sqs:SendMessage", resource: QUEUE },
      {
        identity: [],
        resource: policy(allow("sqs:SendMessage", QUEUE, { Principal: { Service: "events.amazonaws.com" } })),
      },
      "allow",
    ],
    [
      "does not take another service for the service that a policy names",
      { caller: { kind: "service", service: "sns.amazonaws.com" }, action: "sqs:SendMessage", resource: QUEUE },
      {
        identity: [],
        resource: policy(allow("sqs:SendMessage", QUEUE, { Principal: { Service: "events.amazonaws.com" } })),
      },
      "implicitDeny resource",
    ],
    [
      "does not let a service in by the account's root",
      { caller: { kind: "service", service: "sns.amazonaws.com" }, action: "kms:Decrypt", resource: KEY },
      { identity: [], resource: policy(allow("kms:*", "*", root)) },
      "implicitDeny resource",
    ],
    [
      "exempts the principals of NotPrincipal from a Deny",
      read,
      {
        identity: policy(allow("s3:*", "*")),
        resource: policy(deny("s3:*", "*", { NotPrincipal: { AWS: [ROLE] } })),
      },
      "allow",
    ],
    [
      "lets a role be assumed only as its trust policy says",
      { ...read, action: "sts:AssumeRole", resource: `arn:aws:iam::${ACCOUNT}:role/other` },
      {
        identity: policy(allow("sts:AssumeRole", "*")),
        resource: policy({ ...allow("sts:AssumeRole", "*"), Principal: { Service: "lambda.amazonaws.com" } }),
      },
      "implicitDeny resource",
    ],
  ];
  for (const [title, request, policies, expected] of cases) {
    it(title, () => {
      const { reason, lacking } = decide(request, policies);
      assert.equal([reason, lacking].filter(Boolean).join(" "), expected);
    });
  }
});

describe("the conditions of IAM policies", () => {
  const arn = (rest: string) => `arn:aws:sns:eu-central-1:${ACCOUNT}:${rest}`;
  const cases: readonly [string, string, unknown, RequestContext, boolean][] = [
    ["StringEquals", "k", ["a", "b"], { k: "b" }, true],
    ["StringEquals", "k", "a", { k: "A" }, false],
    ["StringEquals", "k", "a", {}, false],
    ["StringEquals", "aws:sourceaccount", "a", { "aws:SourceAccount": "a" }, true],
    ["StringEqualsIfExists", "k", "a", {}, true],
    ["StringNotEquals", "k", ["a", "b"], { k: "c" }, true],
    ["StringNotEquals", "k", ["a", "b"], { k: "a" }, false],
    ["StringNotEquals", "k", "a", {}, true],
    ["StringEqualsIgnoreCase", "k", "a", { k: "A" }, true],
    ["StringLike", "k", "runs/*", { k: "runs/1/a" }, true],
    ["StringLikeIfExists", "k", "runs/*", { k: "bi/" }, false],
    ["StringNotLike", "k", "runs/*", { k: "bi/" }, true],
    ["ArnLike", "k", arn("*"), { k: arn("a:b") }, true],
    ["ArnEquals", "k", "arn:aws:*:alerts", { k: arn("alerts") }, false],
    ["ArnNotLike", "k", arn("a*"), { k: arn("b") }, true],
    ["Bool", "k", "true", { k: "false" }, false],
    ["Bool", "k", true, { k: "true" }, true],
    ["Null", "k", "true", {}, true],
    ["Null", "k", "false", {}, false],
    ["NumericLessThan", "k", "1.2", { k: "1.0" }, true],
    ["NumericLessThan", "k", "1.2", {}, false],
    ["NumericGreaterThanEquals", "k", "3", { k: "3" }, true],
    ["ForAnyValue:StringEquals", "k", ["a", "b"], { k: ["c", "a"] }, true],
    ["ForAnyValue:StringEquals", "k", ["a"], {}, false],
    ["ForAllValues:StringEquals", "k", ["a", "b"], { k: ["a", "c"] }, false],
    ["ForAllValues:StringEquals", "k", ["a"], {}, true],
  ];
  for (const [operator, key, value, context, expected] of cases) {
    it(`${operator} ${JSON.stringify(value)} is ${expected} of ${JSON.stringify(context)}`, () => {
      const [statement] = policy({ Effect: "Allow", Condition: { [operator]: { [key]: value } } });
      assert.equal(fulfils(context, statement!.conditions[0]!), expected);
    });
  }

  it("refuses to judge an operator that it does not know", () => {
    assert.throws(() => fulfils({ k: "1" }, { operator: "DateLessThan", key: "k", values: ["2"] }), /DateLessThan/);
  });
});

describe("the patterns of IAM policies", () => {
  it("take every character but the wildcards literally", () => {
    assert.equal(matchesPattern("a.c(+)[x]^$", "a.c(+)[x]^$"), true);
    assert.equal(matchesPattern("a.c", "abc"), false);
    assert.equal(matchesPattern("a.c*", "abc1"), false);
  });

  it("match any text that fills their wildcards", () => {
    const letters = ["", "a", "/", ":", ".", "*", "?", "\n", "é"];
    for (const one of letters) {
      for (const two of letters) {
        assert.equal(matchesPattern("p*q*", `p${one}q${two}`), true, JSON.stringify([one, two]));
        assert.equal(matchesPattern("p?q", `p${one}q`), one.length === 1, JSON.stringify(one));
      }
    }
  });

  it("compare ARNs part by part", () => {
    assert.equal(matchesArn("arn:aws:sns:*:*:alerts", "arn:aws:sns:eu-central-1:1:alerts"), true);
    assert.equal(matchesArn("arn:aws:sns:*:alerts", "arn:aws:sns:eu-central-1:1:alerts"), false);
    assert.equal(matchesArn("arn:aws:s3:::a*", "arn:aws:s3:::abc"), true);
  });
});
