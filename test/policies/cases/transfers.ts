import { ACCOUNT, policy, UNKNOWN, UNSET, type Cases, type Change, type Fixture } from "./case";

const task: Fixture = {
  type: "aws:datasync/task:Task",
  props: {
    cloudwatchLogGroupArn: `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:transfer`,
    options: { logLevel: "TRANSFER" },
  },
};

const fromSecret = (type: string, props: Fixture["props"], property: string): Fixture => ({
  type: `aws:datasync/${type}`,
  props,
  from: { [property]: "secret" },
});
const smb = fromSecret("locationSmb:LocationSmb", { password: "read from the secret" }, "password");
const objects = fromSecret("locationObjectStorage:LocationObjectStorage", { secretKey: "read" }, "secretKey");

const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/transfer`;
const location: Fixture = {
  type: "aws:datasync/s3Location:S3Location",
  props: { s3Config: { bucketAccessRoleArn: ROLE_ARN } },
  from: { s3Config: "role" },
};
const role: Fixture = { type: "aws:iam/role:Role", props: { id: "transfer", name: "transfer", arn: ROLE_ARN } };
const rights = (...statements: readonly object[]): Fixture => ({
  type: "aws:iam/rolePolicy:RolePolicy",
  props: {
    role: "transfer",
    policy: policy(
      ...statements.map((more) => ({
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: "arn:aws:s3:::shop-raw/*",
        ...more,
      })),
    ),
  },
  from: { role: "role" },
});
const open = (...statements: readonly object[]): readonly [Change, RegExp] => [
  { rights: rights(...statements) },
  /every bucket/,
];

export const TRANSFERS: Cases = {
  "datasync/logging": {
    stack: { task },
    fields: { "task.cloudwatchLogGroupArn": {}, "task.options.logLevel": {} },
    compliant: { "logs the outline": { "task.options.logLevel": "BASIC" } },
    violating: { "logs nothing": [{ "task.options.logLevel": "OFF" }, /neither BASIC nor TRANSFER/] },
  },
  "datasync/passwords-from-secrets": {
    stack: { location: smb, secret: { type: "aws:secretsmanager/secretVersion:SecretVersion", props: {} } },
    fields: {},
    noFields: "it asks where the value comes from, not what it is",
    compliant: {
      "is of object storage": { location: objects },
      "is of a Windows file server": {
        location: fromSecret("locationFsxWindows:LocationFsxWindows", { password: "read" }, "password"),
      },
      "has a password nobody knows yet": { "location.password": UNKNOWN },
    },
    violating: {
      "has it written in the program": [{ "location.@from": UNSET }, /^password does not come from Secrets Manager/],
      "has none at all": [{ location: { ...smb, props: {}, from: undefined } }, /^password does not come/],
      "has it of something else": [
        { secret: { type: "aws:ssm/parameter:Parameter", props: {} } },
        /^password does not come/,
      ],
      "is of object storage with a key in the program": [
        { location: { ...objects, from: undefined } },
        /^secretKey does not come/,
      ],
    },
    notApplicable: { "is of object storage, read by anybody": { location: { ...objects, props: {} } } },
  },
  "datasync/efs-tls": {
    stack: { location: { type: "aws:datasync/efsLocation:EfsLocation", props: { inTransitEncryption: "TLS1_2" } } },
    fields: { "location.inTransitEncryption": {} },
    violating: { "asks for nothing": [{ "location.inTransitEncryption": "NONE" }, /unencrypted/] },
  },
  "datasync/bucket-role": {
    stack: { location, role, rights: rights({}) },
    fields: { "rights.policy": {} },
    compliant: {
      "has a role known by its ARN alone, as in a state": { "location.@from": UNSET },
      "has a role known by dependency alone, as in a preview": { "location.s3Config": UNKNOWN, "role.arn": UNKNOWN },
      "may use keys of the account": {
        rights: rights({}, { Action: "kms:Decrypt", Resource: "*" }),
      },
      "is denied any other bucket": { rights: rights({}, { Effect: "Deny", Action: "s3:*", Resource: "*" }) },
    },
    violating: {
      ...Object.fromEntries(
        ["id", "name", "arn"].map((one) => [
          `may use any bucket by a policy that names its role's ${one}`,
          [
            {
              role: { ...role, props: { id: "the-id", name: "the-name", arn: "the-arn" } },
              rights: { ...rights({ Resource: "*" }), from: undefined },
              "rights.role": `the-${one}`,
            },
            /every bucket/,
          ] as const,
        ]),
      ),
      "has a second policy that nobody can read": [
        { another: { ...rights({}), props: { role: "transfer", policy: "{" } } },
        /cannot be read/,
      ],
      "may use any bucket among other actions": open({ Action: ["kms:Decrypt", "s3:GetObject"], Resource: "*" }),
      "may use any bucket": open({ Resource: "*" }),
      "may use any bucket by its second statement": open({}, { Resource: ["arn:aws:s3:::shop-raw", "arn:aws:s3:::*"] }),
      "may use any object": open({ Resource: "arn:aws:s3:::*/*" }),
      "may do everything": open({ Action: "*", Resource: "*" }),
      "may do all but something": open({ Action: undefined, NotAction: "iam:*", Resource: "*" }),
      "may use any bucket but one": open({ Resource: undefined, NotResource: "arn:aws:s3:::payroll/*" }),
    },
    notApplicable: {
      "has a role of another stack": { "location.@from": UNSET, role: UNSET, rights: UNSET },
    },
    unknown: { "has a role nobody knows yet": { "location.@from": UNSET, "location.s3Config": UNKNOWN } },
  },
};
