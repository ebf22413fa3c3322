import type { Outcome } from "../../../policies/rule";

export { UNKNOWN } from "../engine";

/**
 * What a rule's cases start from and change. Each rule has a stack that complies; `fields` names the values that decide. From
 * them come, for every rule alike, the cases unset, off (`false`, `0`, `""`) and unknown before deployment.
 */

/** Takes a field, or a whole resource, away. */
export const UNSET = Symbol("unset");

export interface Fixture {
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Property → key of the resource in the same stack that it was made from. */
  readonly from?: Readonly<Record<string, string>>;
  readonly protect?: boolean;
  /** Provider reference; by default one of the program's own. */
  readonly provider?: string;
}

/** `<resource>.<path of the property>` → its value; `<resource>` alone → another resource in its place. */
export type Change = Readonly<Record<string, unknown>>;

type Kind = Outcome["kind"];

/** An outcome that is not the usual one, and why that is right. */
export type Unusual = readonly [outcome: Kind, because: string];

export interface Field {
  readonly unset?: Unusual;
  readonly off?: Unusual;
  readonly unknown?: Unusual;
}

export interface RuleCases {
  /** A compliant stack; its first resource is the one the rule judges. */
  readonly stack: Readonly<Record<string, Fixture>>;
  /** Default: prod. */
  readonly environment?: string;
  /** Values that decide, each as `<resource>.<path>`. */
  readonly fields: Readonly<Record<string, Field>>;
  /** Rules without a value that could be unset, off or unknown say so. */
  readonly noFields?: string;
  /**
   * References, as `<resource>.<property>`, without which the stack is no longer compliant. Whatever names the fixture referred to
   * has, any of them is enough.
   */
  readonly joins?: readonly string[];
  readonly compliant?: Readonly<Record<string, Change>>;
  /** What is wrong, and what the message says of it. */
  readonly violating: Readonly<Record<string, readonly [change: Change, says: RegExp]>>;
  readonly notApplicable?: Readonly<Record<string, Change>>;
  /** What cannot be known beside the fields. */
  readonly unknown?: Readonly<Record<string, Change>>;
}

export type Cases = Readonly<Record<string, RuleCases>>;

export const ACCOUNT = "123456789012";
export const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/0c6c7f3e-5a1d-4d8e-9a53-1b6b2f3c4d5e`;
/** Not a customer's key. */
export const AWS_KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:alias/aws/s3`;

/** A policy document with these statements, as resources carry it. */
export const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Lets an account of one's own do something. */
export const allow = (more: object = {}): object => ({
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: "*",
  Resource: "*",
  ...more,
});

/** Denies what does not come over TLS. */
export const denyPlainHttp = (more: object = {}): object => ({
  Effect: "Deny",
  Principal: "*",
  Action: "*",
  Resource: "*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
  ...more,
});

/** Ways to let anybody in, past conditions that look as if they narrowed it: all of them violate. */
export const open = (path: string): Readonly<Record<string, readonly [Change, RegExp]>> => {
  const anybody = /every principal \(\*\)/;
  const everyone = (more: object): readonly [Change, RegExp] => [
    { [path]: policy(allow({ Principal: "*", ...more })) },
    anybody,
  ];
  return {
    "lets anybody in": everyone({}),
    "lets anybody in as an AWS principal": everyone({ Principal: { AWS: "*" } }),
    "lets anybody in among others": everyone({ Principal: { AWS: [`arn:aws:iam::${ACCOUNT}:root`, "*"] } }),
    "lets in everybody but one": everyone({
      Principal: undefined,
      NotPrincipal: { AWS: `arn:aws:iam::${ACCOUNT}:user/a` },
    }),
    "asks everybody for TLS only": everyone({ Condition: { Bool: { "aws:SecureTransport": "true" } } }),
    "asks everybody for a region only": everyone({
      Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
    }),
    "excludes one account": everyone({ Condition: { StringNotEquals: { "aws:SourceAccount": ACCOUNT } } }),
    "names an account only if there is one": everyone({
      Condition: { StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } },
    }),
    "takes any account": everyone({ Condition: { StringLike: { "aws:SourceAccount": "*" } } }),
    "takes any account among others": everyone({ Condition: { StringLike: { "aws:SourceAccount": [ACCOUNT, "*"] } } }),
    "lets anybody in by the second statement": [{ [path]: policy(allow(), allow({ Principal: "*" })) }, anybody],
    "has a policy that is no JSON": [{ [path]: "{" }, /no policy that can be read/],
    "has a policy without statements": [{ [path]: "{}" }, /no policy that can be read/],
  };
};

/** Ways to narrow a statement for everybody: all of them comply. */
export const narrowed = (path: string): Readonly<Record<string, Change>> => ({
  "is for everybody of an account": {
    [path]: policy(allow({ Principal: "*", Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } })),
  },
  "is for everything of a source": {
    [path]: policy(allow({ Principal: "*", Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::landing-*" } } })),
  },
  "is for everybody of an organization": {
    [path]: policy(allow({ Principal: { AWS: "*" }, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1a2b" } } })),
  },
  "is for everybody of an account and a region": {
    [path]: policy(
      allow({
        Principal: "*",
        Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1", "aws:SourceAccount": ACCOUNT } },
      }),
    ),
  },
  "denies everybody something": { [path]: policy(allow(), { ...allow({ Principal: "*" }), Effect: "Deny" }) },
  "has one statement instead of a list": { [path]: JSON.stringify({ Statement: allow() }) },
});
