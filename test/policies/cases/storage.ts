import {
  ACCOUNT,
  allow,
  AWS_KEY,
  denyPlainHttp,
  KEY,
  narrowed,
  open,
  policy,
  UNKNOWN,
  UNSET,
  type Cases,
  type Change,
  type Fixture,
  type RuleCases,
} from "./case";

const NAME = "shop-raw";

const bucket: Fixture = {
  type: "aws:s3/bucket:Bucket",
  props: { bucket: NAME, id: NAME, arn: `arn:aws:s3:::${NAME}` },
};

/** What settles one side of the bucket. */
const companion = (kind: string, props: Readonly<Record<string, unknown>>): Fixture => ({
  type: `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`,
  props: { bucket: NAME, ...props },
  from: { bucket: "bucket" },
});

/** Makes the bucket one that others' access logs go to. */
const receivesLogs: Change = {
  other: {
    type: "aws:s3/bucketLogging:BucketLogging",
    props: { bucket: "another", targetBucket: NAME },
    from: { targetBucket: "bucket" },
  },
};

const sided = (
  kind: string,
  props: Readonly<Record<string, unknown>>,
  cases: Omit<RuleCases, "stack" | "joins">,
): RuleCases => ({
  stack: { bucket, side: companion(kind, props) },
  joins: ["side.bucket"],
  ...cases,
  violating: {
    [`has no ${kind}`]: [{ side: UNSET }, new RegExp(`it has no ${kind}`)],
    "has another beside it that undoes it": [{ another: companion(kind, {}) }, /./],
    ...cases.violating,
  },
});

const encryption = {
  rules: [
    { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY }, bucketKeyEnabled: true },
  ],
};
const BY_DEFAULT = "side.rules.0.applyServerSideEncryptionByDefault";
const onlyLogs = { "receives access logs, which S3 delivers without a key": receivesLogs };

const OTHER_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const denyOtherKeys = (more: object = {}): object => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:PutObject",
  Resource: `arn:aws:s3:::${NAME}/*`,
  Condition: { StringNotEqualsIfExists: { [OTHER_KEY]: KEY } },
  ...more,
});
const otherKeys = (more: object): readonly [Change, RegExp] => [
  { "side.policy": policy(denyOtherKeys(more)) },
  /no Deny of s3:PutObject with another key/,
];

/** Ways not to deny requests without TLS that look as if they did. */
export const plainHttp = (path: string, narrower: string): RuleCases["violating"] => {
  const says = /no .*requests without TLS/;
  const instead = (more: object): readonly [Change, RegExp] => [{ [path]: policy(denyPlainHttp(more)) }, says];
  return {
    "denies nothing": [{ [path]: policy(allow()) }, says],
    "allows what it should deny": instead({ Effect: "Allow" }),
    "denies one account only": instead({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
    "denies one action only": instead({ Action: narrower }),
    "denies what does come over TLS": instead({ Condition: { Bool: { "aws:SecureTransport": "true" } } }),
    "denies under a second condition": instead({
      Condition: { Bool: { "aws:SecureTransport": "false" }, StringEquals: { "aws:SourceAccount": ACCOUNT } },
    }),
    "denies by another condition": instead({ Condition: { Bool: { "aws:ViaAWSService": "false" } } }),
    "denies under another operator": instead({ Condition: { StringNotEquals: { "aws:SecureTransport": "false" } } }),
    "denies without a condition, which is no rule about TLS": instead({ Condition: undefined }),
    "has a policy that is no JSON": [{ [path]: "no JSON" }, says],
  };
};

const keyPolicy = policy(allow());
const key: Fixture = {
  type: "aws:kms/key:Key",
  props: { enableKeyRotation: true, deletionWindowInDays: 30, policy: keyPolicy },
};

export const STORAGE: Cases = {
  "s3/default-encryption": sided("BucketServerSideEncryptionConfiguration", encryption, {
    fields: { [`${BY_DEFAULT}.sseAlgorithm`]: {}, [`${BY_DEFAULT}.kmsMasterKeyId`]: {} },
    violating: {
      "uses S3's own keys": [{ [`${BY_DEFAULT}.sseAlgorithm`]: "AES256" }, /customer managed key/],
      "uses AWS's key": [{ [`${BY_DEFAULT}.kmsMasterKeyId`]: AWS_KEY }, /customer managed key/],
    },
    notApplicable: onlyLogs,
  }),
  "s3/bucket-key": sided("BucketServerSideEncryptionConfiguration", encryption, {
    fields: { "side.rules.0.bucketKeyEnabled": {} },
    violating: {},
    notApplicable: onlyLogs,
  }),
  "s3/deny-plain-http": sided(
    "BucketPolicy",
    { policy: policy(denyPlainHttp()) },
    {
      fields: { "side.policy": {} },
      compliant: {
        "denies it to bucket and objects by all actions of S3": {
          "side.policy": policy(
            denyPlainHttp({
              Action: ["s3:GetObject", "s3:*"],
              Resource: [`arn:aws:s3:::${NAME}`, `arn:aws:s3:::${NAME}/*`],
            }),
          ),
        },
        "denies it beside other statements": { "side.policy": policy(allow(), denyPlainHttp()) },
      },
      violating: {
        ...plainHttp("side.policy", "s3:GetObject"),
        "denies it to the bucket but not to its objects": [
          { "side.policy": policy(denyPlainHttp({ Resource: `arn:aws:s3:::${NAME}` })) },
          /all of its objects/,
        ],
      },
    },
  ),
  "s3/deny-other-keys": sided(
    "BucketPolicy",
    { policy: policy(denyOtherKeys()) },
    {
      fields: { "side.policy": {} },
      compliant: {
        "denies it among all actions of S3": {
          "side.policy": policy(denyOtherKeys({ Action: ["s3:GetObject", "s3:*"] })),
        },
        "denies it among all actions": { "side.policy": policy(denyOtherKeys({ Action: "*", Resource: "*" })) },
        "denies it where a key is named": {
          "side.policy": policy(
            denyOtherKeys({ Condition: { Null: { [OTHER_KEY]: "false" }, StringNotEquals: { [OTHER_KEY]: KEY } } }),
          ),
        },
      },
      violating: {
        "allows what it should deny": otherKeys({ Effect: "Allow" }),
        "denies another action": otherKeys({ Action: "s3:GetObject" }),
        "denies it to one account only": otherKeys({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
        "denies it to the bucket but not to its objects": otherKeys({ Resource: `arn:aws:s3:::${NAME}` }),
        "denies it where no key is named": otherKeys({
          Condition: { Null: { [OTHER_KEY]: "true" }, StringNotEquals: { [OTHER_KEY]: KEY } },
        }),
        "denies it wherever a key is named, and never the wrong one": otherKeys({
          Condition: { Null: { [OTHER_KEY]: "false" } },
        }),
        "denies it under a second condition": otherKeys({
          Condition: { StringNotEquals: { [OTHER_KEY]: KEY, "aws:SourceAccount": ACCOUNT } },
        }),
        "denies the right key": otherKeys({ Condition: { StringEquals: { [OTHER_KEY]: KEY } } }),
        "denies by another condition": otherKeys({ Condition: { StringNotEquals: { "aws:SourceAccount": ACCOUNT } } }),
        "has a policy that is no JSON": [{ "side.policy": "{" }, /no Deny of s3:PutObject/],
      },
      notApplicable: onlyLogs,
    },
  ),
  "s3/public-access-block": sided(
    "BucketPublicAccessBlock",
    { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    {
      fields: {
        "side.blockPublicAcls": {},
        "side.blockPublicPolicy": {},
        "side.ignorePublicAcls": {},
        "side.restrictPublicBuckets": {},
      },
      violating: {},
    },
  ),
  "s3/acl-disabled": sided(
    "BucketOwnershipControls",
    { rule: { objectOwnership: "BucketOwnerEnforced" } },
    {
      fields: { "side.rule.objectOwnership": {} },
      violating: {
        "lets writers own objects": [{ "side.rule.objectOwnership": "ObjectWriter" }, /BucketOwnerEnforced/],
        "prefers the owner": [{ "side.rule.objectOwnership": "BucketOwnerPreferred" }, /BucketOwnerEnforced/],
      },
    },
  ),
  "s3/versioning": sided(
    "BucketVersioning",
    { versioningConfiguration: { status: "Enabled" } },
    {
      fields: { "side.versioningConfiguration.status": {} },
      violating: {
        "has versioning suspended": [{ "side.versioningConfiguration.status": "Suspended" }, /not enabled/],
        "has versioning disabled": [{ "side.versioningConfiguration.status": "Disabled" }, /not enabled/],
      },
    },
  ),
  "s3/access-logging": sided(
    "BucketLogging",
    { targetBucket: "shop-logs", targetPrefix: "raw/" },
    {
      fields: { "side.targetBucket": {} },
      violating: {},
      notApplicable: { "receives access logs itself": receivesLogs },
    },
  ),
  "s3/lifecycle": sided(
    "BucketLifecycleConfiguration",
    { rules: [{ status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } }] },
    {
      fields: {
        "side.rules": {},
        "side.rules.0.status": {},
        "side.rules.0.abortIncompleteMultipartUpload": {},
        "side.rules.0.abortIncompleteMultipartUpload.daysAfterInitiation": {},
      },
      compliant: {
        "has it in its second rule": {
          "side.rules": [
            { status: "Enabled", expiration: { days: 30 } },
            { status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
          ],
        },
      },
      violating: {
        "has the rule disabled": [{ "side.rules.0.status": "Disabled" }, /unfinished uploads/],
        "has no rules": [{ "side.rules": [] }, /unfinished uploads/],
        "has it in a disabled rule and not in the enabled one": [
          {
            "side.rules": [
              { status: "Enabled", expiration: { days: 30 } },
              { status: "Disabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
            ],
          },
          /unfinished uploads/,
        ],
      },
    },
  ),
  "s3/no-force-destroy": {
    stack: { bucket: { ...bucket, props: { ...bucket.props, forceDestroy: false } } },
    fields: {
      "bucket.forceDestroy": {
        unset: ["compliant", "a bucket with objects is kept unless somebody asks otherwise"],
        off: ["compliant", "off is what the rule asks for"],
      },
    },
    compliant: { "is not emptied, as text": { "bucket.forceDestroy": "false" } },
    violating: {
      "is emptied on destroy": [{ "bucket.forceDestroy": true }, /deletes every object/],
      "is emptied on destroy, as text": [{ "bucket.forceDestroy": "true" }, /deletes every object/],
    },
  },
  "kms/rotation": {
    stack: { key },
    fields: { "key.enableKeyRotation": {} },
    compliant: {
      "rotates, as text": { "key.enableKeyRotation": "true" },
      "is symmetric, said explicitly": { "key.customerMasterKeySpec": "SYMMETRIC_DEFAULT" },
      "has an empty spec, as states have it": { "key.customerMasterKeySpec": "" },
    },
    violating: {
      "is symmetric and does not rotate": [
        { "key.customerMasterKeySpec": "SYMMETRIC_DEFAULT", "key.enableKeyRotation": false },
        /enableKeyRotation/,
      ],
    },
    notApplicable: {
      "signs, and cannot rotate": { "key.customerMasterKeySpec": "ECC_NIST_P256", "key.enableKeyRotation": false },
    },
    unknown: { "has an unknown spec": { "key.customerMasterKeySpec": UNKNOWN } },
  },
  "kms/no-wildcard-principal": {
    stack: { key },
    fields: { "key.policy": {} },
    compliant: {
      ...narrowed("key.policy"),
      "is for a service on behalf of an account": {
        "key.policy": policy(allow({ Principal: "*", Condition: { StringEquals: { "kms:CallerAccount": ACCOUNT } } })),
      },
    },
    violating: open("key.policy"),
  },
  "kms/deletion-window": {
    stack: { key },
    fields: { "key.deletionWindowInDays": {} },
    violating: {
      "waits 29 days": [{ "key.deletionWindowInDays": 29 }, /29.*less than 30 days/],
      "waits a number that is text": [{ "key.deletionWindowInDays": "30" }, /less than 30 days/],
    },
  },
  "kms/enabled": {
    stack: { key: { ...key, props: { ...key.props, isEnabled: true } } },
    fields: { "key.isEnabled": { unset: ["compliant", "a key is enabled unless somebody says otherwise"] } },
    violating: { "is disabled, as text": [{ "key.isEnabled": "false" }, /cannot be read/] },
  },
};
