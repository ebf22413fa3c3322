import { ACCOUNT, UNSET, type Cases, type Fixture } from "./case";

const ARN = `arn:aws:appsync:eu-central-1:${ACCOUNT}:apis/orders`;
const api: Fixture = {
  type: "aws:appsync/graphQLApi:GraphQLApi",
  props: {
    arn: ARN,
    authenticationType: "AWS_IAM",
    additionalAuthenticationProviders: [{ authenticationType: "AMAZON_COGNITO_USER_POOLS" }],
    xrayEnabled: true,
    logConfig: { fieldLogLevel: "ERROR", cloudwatchLogsRoleArn: `arn:aws:iam::${ACCOUNT}:role/logs` },
  },
};
const cache: Fixture = {
  type: "aws:appsync/apiCache:ApiCache",
  props: { atRestEncryptionEnabled: true, transitEncryptionEnabled: true },
};

export const GRAPHQL: Cases = {
  "appsync/field-logs": {
    stack: { api },
    fields: { "api.logConfig": {}, "api.logConfig.fieldLogLevel": {} },
    compliant: { "logs everything": { "api.logConfig.fieldLogLevel": "ALL" } },
    violating: { "logs nothing": [{ "api.logConfig.fieldLogLevel": "NONE" }, /not logged/] },
  },
  "appsync/no-api-key": {
    stack: { api },
    fields: {
      "api.authenticationType": {
        unset: ["compliant", "AppSync takes no API without one"],
        off: ["compliant", "AppSync takes no API without one"],
      },
    },
    compliant: { "knows callers in one way": { "api.additionalAuthenticationProviders": UNSET } },
    violating: {
      "takes a key": [{ "api.authenticationType": "API_KEY" }, /no proof/],
      "takes a key beside others": [
        { "api.additionalAuthenticationProviders": [{ authenticationType: "API_KEY" }] },
        /no proof/,
      ],
    },
  },
  "appsync/cache-at-rest": { stack: { cache }, fields: { "cache.atRestEncryptionEnabled": {} }, violating: {} },
  "appsync/cache-in-transit": { stack: { cache }, fields: { "cache.transitEncryptionEnabled": {} }, violating: {} },
  "appsync/firewall": {
    stack: {
      api,
      association: {
        type: "aws:wafv2/webAclAssociation:WebAclAssociation",
        props: { resourceArn: ARN, webAclArn: `arn:aws:wafv2:eu-central-1:${ACCOUNT}:regional/webacl/orders/1` },
        from: { resourceArn: "api" },
      },
    },
    fields: {},
    noFields: "it asks what stands before the API, not what the API says",
    joins: ["association.resourceArn"],
    violating: { "has no web ACL": [{ association: UNSET }, /no web ACL/] },
  },
  "appsync/tracing": { stack: { api }, fields: { "api.xrayEnabled": {} }, violating: {} },
};
