import { ACCOUNT, UNKNOWN, UNSET, type Cases, type Fixture } from "./case";

const CONNECT = { authorizationType: "AWS_IAM", routeKey: "$connect", apiId: "a1b2c3" };

const api: Fixture = { type: "aws:apigatewayv2/api:Api", props: { id: "a1b2c3", protocolType: "WEBSOCKET" } };
const httpApi: Fixture = { ...api, props: { ...api.props, protocolType: "HTTP" } };
const stage: Fixture = {
  type: "aws:apigatewayv2/stage:Stage",
  props: {
    apiId: "a1b2c3",
    accessLogSettings: { destinationArn: `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:access`, format: "{}" },
    defaultRouteSettings: { loggingLevel: "ERROR", throttlingRateLimit: 100, throttlingBurstLimit: 50 },
    routeSettings: [{ routeKey: "echo", throttlingRateLimit: 10, throttlingBurstLimit: 5 }],
  },
  from: { apiId: "api" },
};
const route: Fixture = { type: "aws:apigatewayv2/route:Route", props: CONNECT, from: { apiId: "api" } };
const domain: Fixture = {
  type: "aws:apigatewayv2/domainName:DomainName",
  props: { domainName: "live.example.org", domainNameConfiguration: { securityPolicy: "TLS_1_2" } },
};
const restDomain: Fixture = {
  type: "aws:apigateway/domainName:DomainName",
  props: { domainName: "live.example.org", securityPolicy: "TLS_1_0" },
};
const restStage: Fixture = {
  type: "aws:apigateway/stage:Stage",
  props: { arn: "arn:aws:apigateway:eu-central-1::/restapis/a1/stages/live" },
};
const association: Fixture = {
  type: "aws:wafv2/webAclAssociation:WebAclAssociation",
  props: { resourceArn: "arn:aws:apigateway:eu-central-1::/restapis/a1/stages/live" },
  from: { resourceArn: "stage" },
};

export const APIS: Cases = {
  "apigateway/logging": {
    stack: { stage, api },
    fields: { "stage.accessLogSettings.destinationArn": {}, "stage.defaultRouteSettings.loggingLevel": {} },
    compliant: {
      "logs everything": { "stage.defaultRouteSettings.loggingLevel": "INFO" },
      "is of an HTTP API, which has access logs only": { api: httpApi, "stage.defaultRouteSettings": UNSET },
    },
    violating: {
      "has execution logs off": [{ "stage.defaultRouteSettings.loggingLevel": "OFF" }, /loggingLevel is "OFF"/],
      "is of an API of another stack": [{ api: UNSET, "stage.defaultRouteSettings": UNSET }, /loggingLevel is not set/],
    },
  },
  "apigateway/route-authorization": {
    stack: { route, api },
    fields: { "route.authorizationType": {} },
    compliant: {
      "asks a function": { "route.authorizationType": "CUSTOM" },
      "is of an HTTP API and takes tokens": { api: httpApi, "route.authorizationType": "JWT" },
    },
    violating: {
      "lets anybody connect": [{ "route.authorizationType": "NONE" }, /authorizationType is "NONE"/],
      "is an HTTP API's and open": [
        { api: httpApi, "route.routeKey": "$default", "route.authorizationType": "NONE" },
        /every client may call the route/,
      ],
      "is of an API of another stack": [
        { api: UNSET, "route.routeKey": "$default", "route.authorizationType": UNSET },
        /every client may call the route/,
      ],
    },
    notApplicable: {
      "is another route of a WebSocket API": { "route.routeKey": "echo", "route.authorizationType": UNSET },
    },
  },
  "apigateway/firewall": {
    stack: { stage: restStage, association },
    fields: {},
    noFields: "a REST stage needs an association, whatever that says",
    joins: ["association.resourceArn"],
    violating: { "has no association": [{ association: UNSET }, /WebAclAssociation/] },
    notApplicable: { "is of a WebSocket API": { stage } },
  },
  "apigateway/throttling": {
    stack: { stage },
    fields: {
      "stage.defaultRouteSettings.throttlingRateLimit": {},
      "stage.defaultRouteSettings.throttlingBurstLimit": {},
      "stage.routeSettings.0.throttlingRateLimit": {},
      "stage.routeSettings.0.throttlingBurstLimit": {},
    },
    compliant: { "has no settings of routes": { "stage.routeSettings": UNSET } },
    violating: {
      "has a route without a limit": [
        { "stage.routeSettings": [{ routeKey: "echo", throttlingBurstLimit: 5 }] },
        /remove the limit of these routes: echo/,
      ],
    },
    unknown: { "may have settings of routes": { "stage.routeSettings": UNKNOWN } },
  },
  "apigateway/domain-tls": {
    stack: { domain },
    fields: { "domain.domainNameConfiguration.securityPolicy": {} },
    compliant: {
      "takes TLS 1.3 only": { "domain.domainNameConfiguration.securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09" },
    },
    violating: { "is a REST domain of old": [{ domain: restDomain }, /"TLS_1_0"/] },
  },
};
