import assert from "node:assert/strict";
import { ApiGatewayV2Client, GetApisCommand, GetDomainNamesCommand } from "@aws-sdk/client-apigatewayv2";
import * as aws from "@pulumi/aws";
import { sharedMinistack } from "../../support/ministack";
import { newcomers, withStack } from "../../support/stack";

const ROLE = "arn:aws:iam::000000000000:role/functions";
const CERTIFICATE = "arn:aws:acm:eu-central-1:000000000000:certificate/0c6c7f3e-5a1d-4d8e-9a53-1b6b2f3c4d5e";

interface Change {
  readonly text?: string;
  readonly rate?: number;
  readonly tags?: Record<string, string>;
  readonly path?: string;
  readonly level?: string;
}

describe("API Gateway in the local cloud", function () {
  this.timeout(120_000);
  let gateway: ApiGatewayV2Client;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    gateway = new ApiGatewayV2Client({ endpoint, region: "eu-central-1", credentials });
  });

  const program =
    ({ text = "hello", rate = 10, tags = { team: "data" }, path = "v1", level = "ERROR" }: Change = {}) =>
    async () => {
      const account = new aws.apigateway.Account("account", { cloudwatchRoleArn: ROLE });
      const api = new aws.apigatewayv2.Api("live", {
        protocolType: "WEBSOCKET",
        routeSelectionExpression: "$request.body.action",
        description: text,
        tags,
      });
      const authorizer = new aws.apigatewayv2.Authorizer("door", {
        apiId: api.id,
        authorizerType: "REQUEST",
        authorizerUri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${text}/invocations`,
        identitySources: ["route.request.header.Authorization"],
      });
      const integration = new aws.apigatewayv2.Integration("mock", {
        apiId: api.id,
        integrationType: "MOCK",
        requestTemplates: { "200": '{"statusCode":200}' },
        templateSelectionExpression: "200",
        passthroughBehavior: "WHEN_NO_MATCH",
      });
      const model = new aws.apigatewayv2.Model("message", {
        apiId: api.id,
        contentType: "application/json",
        schema: JSON.stringify({ type: "object", title: text }),
      });
      const connect = new aws.apigatewayv2.Route("connect", {
        apiId: api.id,
        routeKey: "$connect",
        authorizationType: "CUSTOM",
        authorizerId: authorizer.id,
        target: integration.id.apply((id) => `integrations/${id}`),
        requestParameters: [{ requestParameterKey: "route.request.querystring.token", required: true }],
      });
      const echo = new aws.apigatewayv2.Route("echo", {
        apiId: api.id,
        routeKey: "echo",
        operationName: text,
        modelSelectionExpression: "$default",
        requestModels: { $default: model.name },
        routeResponseSelectionExpression: "$default",
        target: integration.id.apply((id) => `integrations/${id}`),
      });
      new aws.apigatewayv2.RouteResponse("echo", {
        apiId: api.id,
        routeId: echo.id,
        routeResponseKey: "$default",
        responseModels: { $default: model.name },
      });
      const stage = new aws.apigatewayv2.Stage(
        "live",
        {
          apiId: api.id,
          autoDeploy: true,
          defaultRouteSettings: { loggingLevel: level, throttlingRateLimit: rate, throttlingBurstLimit: 5 },
          routeSettings: [{ routeKey: "echo", throttlingRateLimit: rate, throttlingBurstLimit: 1 }],
          stageVariables: { text },
          tags,
        },
        { dependsOn: [account, connect, echo] },
      );
      const domain = new aws.apigatewayv2.DomainName("live", {
        domainName: "api.example.org",
        domainNameConfiguration: { certificateArn: CERTIFICATE, endpointType: "REGIONAL", securityPolicy: "TLS_1_2" },
        tags,
      });
      new aws.apigatewayv2.ApiMapping("live", {
        apiId: api.id,
        domainName: domain.id,
        stage: stage.id,
        apiMappingKey: path,
      });
      return { url: stage.invokeUrl, arn: stage.executionArn };
    };

  it("keeps every part of an API, changes each in place, and leaves nothing", async () => {
    const apis = await newcomers(async () =>
      ((await gateway.send(new GetApisCommand({}))).Items ?? []).map(({ ApiId }) => ApiId ?? ""),
    );
    await withStack(async ({ up, preview, refresh, destroy }) => {
      const { outputs } = await up(program());
      assert.match(String(outputs.url?.value), /^ws:\/\/127\.0\.0\.1:\d+\/_aws\/execute-api\/\w+\/live-\w+$/);
      assert.match(String(outputs.arn?.value), /^arn:aws:execute-api:eu-central-1:000000000000:\w+\/live-\w+$/);
      assert.deepEqual(await preview(program()), {}, "a second deployment would change something");
      assert.deepEqual(await refresh(program()), {}, "the emulator tells something else");

      const changed = program({ text: "bye", rate: 20, tags: { team: "ops" }, path: "v2", level: "INFO" });
      assert.deepEqual(await preview(changed), { update: 7 });
      await up(changed);
      assert.deepEqual(await preview(changed), {}, "not all of the change was kept");
      assert.deepEqual(await refresh(changed), {}, "not all of the change reached the emulator");
      assert.equal((await apis()).length, 1);
      await destroy();
      assert.deepEqual(await apis(), []);
      const { Items = [] } = await gateway.send(new GetDomainNamesCommand({}));
      assert.ok(!Items.some(({ DomainName }) => DomainName === "api.example.org"));
    });
  });

  const socket = (): aws.apigatewayv2.Api =>
    new aws.apigatewayv2.Api("live", { protocolType: "WEBSOCKET", routeSelectionExpression: "$request.body.action" });

  const REFUSED: readonly (readonly [string, () => void, RegExp])[] = [
    [
      "authorization on another route than $connect",
      () =>
        void new aws.apigatewayv2.Route("chat", { apiId: socket().id, routeKey: "chat", authorizationType: "AWS_IAM" }),
      /authorization is restricted to the \$connect route only/,
    ],
    [
      "two routes of one key",
      () => {
        const apiId = socket().id;
        const one = new aws.apigatewayv2.Route("one", { apiId, routeKey: "chat" });
        new aws.apigatewayv2.Route("two", { apiId, routeKey: "chat" }, { dependsOn: [one] });
      },
      /Route with key chat already exists/,
    ],
    [
      "execution logs without the account's role",
      () =>
        void new aws.apigatewayv2.Stage("live", {
          apiId: socket().id,
          defaultRouteSettings: { loggingLevel: "ERROR" },
        }),
      /CloudWatch Logs role ARN must be set in account settings/,
    ],
    [
      "the stage $default of a WebSocket API",
      () => void new aws.apigatewayv2.Stage("live", { apiId: socket().id, name: "$default" }),
      /Invalid stage name/,
    ],
    [
      "a WebSocket API that does not say where routes are named",
      () => void new aws.apigatewayv2.Api("live", { protocolType: "WEBSOCKET" }),
      /routeSelectionExpression/,
    ],
    [
      "a model whose name is not letters and digits",
      () =>
        void new aws.apigatewayv2.Model("m", {
          apiId: socket().id,
          name: "a-b",
          contentType: "application/json",
          schema: "{}",
        }),
      /letters and digits only/,
    ],
  ];
  for (const [what, make, message] of REFUSED) {
    it(`refuses, as AWS does, ${what}`, async () => {
      await withStack(async ({ up }) => {
        await assert.rejects(
          up(async () => make()),
          message,
        );
      });
    });
  }
});
