import assert from "node:assert/strict";
import {
  EncryptionKey,
  NotificationTopic,
  PlatformFunction,
  WebSocketApi,
  type BroadcastSource,
  type WebSocketApiArgs,
  type WebSocketRoute,
} from "../../../../components";
import { ACCOUNT, record, REGION, valueOf, type Recording } from "../../../support/harness";

type Changes = Partial<Omit<WebSocketApiArgs, "key">>;

const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:chat`;

const make = (
  changes: Changes = {},
  use: (live: WebSocketApi, key: EncryptionKey) => void = () => undefined,
  users?: ConstructorParameters<typeof EncryptionKey>[1]["users"],
): Promise<Recording<WebSocketApi>> =>
  record(() => {
    const key = new EncryptionKey("live", { description: "Live updates", users });
    const live = new WebSocketApi("live", { key, ...changes });
    use(live, key);
    return live;
  });

const route = (changes: Partial<WebSocketRoute> = {}): WebSocketRoute => ({ function: FUNCTION, ...changes });
const routesOf = (run: Recording): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    run
      .all("apigatewayv2/route:Route")
      .map(({ inputs }) => [(inputs as { routeKey: string }).routeKey, inputs as Record<string, unknown>]),
  );
const environmentOf = (run: Recording, name: string): Record<string, string> =>
  (run.one("lambda/function:Function", name).inputs as { environment: { variables: Record<string, string> } })
    .environment.variables;

describe("WebSocketApi", () => {
  it("finds the route of a message at the path it is given", async () => {
    const of = async (changes: Changes): Promise<unknown> =>
      (await make(changes)).one("apigatewayv2/api:Api").inputs.routeSelectionExpression;
    assert.equal(await of({}), "$request.body.action");
    assert.equal(await of({ routeSelectionPath: "header.action" }), "$request.body.header.action");
  });

  it("authorizes on $connect, signed requests by default, and nowhere else", async () => {
    const routes = routesOf(await make({ routes: { chat: route() } }));
    assert.deepEqual(Object.keys(routes).sort(), [
      "$connect",
      "$default",
      "$disconnect",
      "chat",
      "subscribe",
      "unsubscribe",
    ]);
    for (const [key, { authorizationType }] of Object.entries(routes))
      assert.equal(authorizationType, key === "$connect" ? "AWS_IAM" : undefined, key);
  });

  it("lets a function decide who may connect, once the request has the headers or parameters that it needs", async () => {
    const authorizer = { kind: "lambda", function: FUNCTION, headers: ["X-Token"], queryParameters: ["t"] } as const;
    const run = await make({ authorizer });
    const one = run.one("apigatewayv2/authorizer:Authorizer");
    assert.equal(one.inputs.authorizerType, "REQUEST");
    assert.deepEqual(one.inputs.identitySources, ["route.request.header.X-Token", "route.request.querystring.t"]);
    assert.equal(
      one.inputs.authorizerUri,
      `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`,
    );
    const { $connect } = routesOf(run);
    assert.equal($connect?.authorizationType, "CUSTOM");
    const permission = run.one("lambda/permission:Permission", "live-authorizer-permission").inputs;
    assert.match(String(permission.sourceArn), /\/authorizers\//);
    assert.equal(permission.function, FUNCTION);
  });

  it("answers the sender on two-way routes only", async () => {
    const run = await make({ routes: { ask: route({ twoWay: true }), tell: route() } });
    const routes = routesOf(run);
    assert.equal(routes.ask?.routeResponseSelectionExpression, "$default");
    assert.equal(routes.tell?.routeResponseSelectionExpression, undefined);
    const answered = run.all("apigatewayv2/routeResponse:RouteResponse").map(({ name }) => name);
    assert.deepEqual(answered.sort(), [
      "live-default-response",
      "live-on-ask-response",
      "live-subscribe-response",
      "live-unsubscribe-response",
    ]);
  });

  it("leaves the route $default to a function of the program", async () => {
    const run = await make({ routes: { $default: route() } });
    assert.equal(run.all("apigatewayv2/route:Route").filter(({ inputs }) => inputs.routeKey === "$default").length, 1);
    assert.equal(
      run.one("apigatewayv2/integration:Integration", "live-default-integration").inputs.timeoutMilliseconds,
      29_000,
    );
  });

  it("lets API Gateway call a function of the program on behalf of its own route only", async () => {
    const run = await make({ routes: { chat: route() } });
    const sources = run.all("lambda/permission:Permission").map(({ inputs }) => String(inputs.sourceArn));
    assert.deepEqual(sources.map((one) => /\/\*\/(.+)$/.exec(one)?.[1]).sort(), ["*", "chat"]);
  });

  it("refuses messages that do not fit a route's schema", async () => {
    const run = await make({ routes: { "a-b": route({ messageSchema: { required: ["text"] } }) } });
    const model = run.one("apigatewayv2/model:Model");
    assert.match(String(model.inputs.name), /^[A-Za-z0-9]+$/);
    assert.deepEqual(JSON.parse(String(model.inputs.schema)), {
      $schema: "http://json-schema.org/draft-04/schema#",
      type: "object",
      required: ["text"],
    });
    const found = routesOf(run)["a-b"];
    assert.equal(found?.modelSelectionExpression, "$request.body.action");
    assert.deepEqual(found.requestModels, { $default: model.inputs.name });
  });

  it("deploys by itself, once routes, logs and the account's role for them are there", async () => {
    const chat = route({ throttling: { messagesPerSecond: 5, burst: 2 } });
    const run = await make({ routes: { chat }, accountLogging: "create" });
    const stage = run.one("apigatewayv2/stage:Stage");
    assert.equal(stage.inputs.autoDeploy, true);
    for (const other of [
      ...run.all("apigatewayv2/route:Route"),
      ...run.all("apigatewayv2/routeResponse:RouteResponse"),
      run.one("apigateway/account:Account"),
      run.one("cloudwatch/logGroup:LogGroup", "live-execution-logs"),
    ])
      assert.ok(run.dependsOn(stage, other), other.name);
    assert.deepEqual(stage.inputs.defaultRouteSettings, {
      loggingLevel: "ERROR",
      dataTraceEnabled: false,
      detailedMetricsEnabled: true,
      throttlingRateLimit: 100,
      throttlingBurstLimit: 100,
    });
    const [ofChat] = stage.inputs.routeSettings as Record<string, unknown>[];
    assert.deepEqual([ofChat?.routeKey, ofChat?.throttlingRateLimit, ofChat?.loggingLevel], ["chat", 5, "ERROR"]);
    const format = String((stage.inputs.accessLogSettings as { format: string }).format);
    assert.doesNotMatch(format, /querystring|header/, "tokens would be logged");
  });

  it("encrypts every log with the key and keeps it for the days that are set", async () => {
    const run = await make({ logRetentionDays: 90 });
    const groups = run.all("cloudwatch/logGroup:LogGroup");
    assert.equal(groups.length, 4);
    for (const { inputs, name } of groups) {
      assert.equal(inputs.retentionInDays, 90, name);
      assert.match(String(inputs.kmsKeyId), /^arn:aws:kms:/, name);
    }
    const execution = run.one("cloudwatch/logGroup:LogGroup", "live-execution-logs").inputs.name;
    assert.match(String(execution), /^\/aws\/apigateway\/.+\/live$/);
  });

  it("uses the account's registered role for logs, or registers one", async () => {
    assert.equal((await make()).all("apigateway/account:Account").length, 0);
    assert.equal((await make({ accountLogging: "create" })).all("apigateway/account:Account").length, 1);
  });

  it("keeps its connections encrypted, restorable, protected, and no longer than they last", async () => {
    const of = async (changes: Changes): Promise<Record<string, unknown>> =>
      (await make(changes)).one("dynamodb/table:Table").inputs as Record<string, unknown>;
    const table = await of({});
    assert.deepEqual(table.ttl, { enabled: true, attributeName: "expiresAt" });
    assert.deepEqual(table.pointInTimeRecovery, { enabled: true, recoveryPeriodInDays: 35 });
    assert.equal(table.deletionProtectionEnabled, true);
    assert.match(String((table.serverSideEncryption as { kmsKeyArn: string }).kmsKeyArn), /^arn:aws:kms:/);
    const disposable = await of({ protection: { posture: "disposable", allowDataLoss: true } });
    assert.equal(disposable.deletionProtectionEnabled, false);
  });

  it("shows which connections and channels are refused", async () => {
    const insights = (await make()).all("dynamodb/contributorInsights:ContributorInsights");
    assert.deepEqual(
      insights.map(({ inputs }) => [inputs.indexName, inputs.mode]),
      [
        [undefined, "THROTTLED_KEYS"],
        ["by-channel", "THROTTLED_KEYS"],
      ],
    );
  });

  it("gives its functions the endpoint of connections that AWS returns for the API", async () => {
    const run = await make({ stageName: "v1", broadcastConcurrency: 7 });
    const environment = environmentOf(run, "live-broadcast-function");
    assert.equal(environment.MANAGEMENT_ENDPOINT, await valueOf(run.result.managementEndpoint));
    assert.match(environment.MANAGEMENT_ENDPOINT ?? "", /\/v1$/);
    assert.equal(environment.CONCURRENCY, "7");
  });

  it("may write to connections of its stage, and read or close none", async () => {
    const run = await make({ stageName: "v1" });
    const policy = run.one("iam/rolePolicy:RolePolicy", "live-broadcast-role-policy");
    const manage = run.statements(policy).find(({ Action }) => Action.includes("execute-api:ManageConnections"));
    assert.match(manage?.Resource[0] ?? "", /\/v1\/POST\/@connections\/\*$/);
    assert.equal(manage?.Resource.length, 1);
  });

  it("grants connecting, broadcasting and managing connections, each by what it needs", async () => {
    const { result } = await make({ stageName: "v1" });
    const of = async (statements: ReturnType<WebSocketApi["grantConnect"]>): Promise<[string, string]> => [
      statements.flatMap(({ actions }) => actions).join(),
      String(await valueOf(statements[0]?.resources[0] ?? "")),
    ];
    const [connect, connectTo] = await of(result.grantConnect());
    assert.equal(connect, "execute-api:Invoke");
    assert.match(connectTo, /\/v1\/\$connect$/);
    const [manage, manageOf] = await of(result.grantManageConnections());
    assert.equal(manage, "execute-api:ManageConnections");
    assert.match(manageOf, /\/v1\/\*\/@connections\/\*$/);
    assert.equal((await of(result.grantBroadcast()))[0], "lambda:InvokeFunction");
  });

  it("has a domain of its own with TLS 1.2 at least, and outputs what its DNS record needs", async () => {
    const domain = { name: "live.example.org", certificateArn: "arn:aws:acm:::certificate/1", path: "v1" };
    const run = await make({ domain });
    const { domainNameConfiguration } = run.one("apigatewayv2/domainName:DomainName").inputs;
    assert.equal((domainNameConfiguration as { securityPolicy: string }).securityPolicy, "TLS_1_2");
    assert.equal(run.one("apigatewayv2/apiMapping:ApiMapping").inputs.apiMappingKey, "v1");
    assert.equal(await valueOf(run.result.url), "wss://live.example.org/v1");
    assert.equal(await valueOf((await make()).result.domainTarget), "");
  });

  it("has alarms for clients that cannot connect, functions that fail, and messages that reach no client", async () => {
    const run = await record(() => {
      const key = new EncryptionKey("live", { description: "Live updates" });
      const alerts = new NotificationTopic("alerts", { key });
      const live = new WebSocketApi("live", { key, alerts });
      live.broadcastFrom("news", { kind: "events", pattern: { source: ["plant"] } });
      return live;
    });
    const alarms = run.all("cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    assert.deepEqual(alarms.sort(), [
      "live-broadcast-failed",
      "live-broadcast-unhandled-messages",
      "live-manager-failed",
      "live-manager-unhandled-messages",
      "live-news-undelivered-messages",
      "live-not-executed",
      "live-route-failed",
    ]);
  });

  it("accepts a further route whose function needs the API itself", async () => {
    const run = await make({}, (live, key) => {
      const fn = new PlatformFunction("pusher", {
        code: "sweep",
        description: "Pushes",
        key,
        statements: live.grantBroadcast(),
        environment: { BROADCAST: live.broadcastFunctionName },
      });
      live.addRoute("push", { function: fn });
    });
    assert.ok(routesOf(run).push);
  });

  describe("broadcastFrom", () => {
    const from = (source: BroadcastSource): Promise<Recording<WebSocketApi>> =>
      make({}, (live) => live.broadcastFrom("news", source));

    it("turns events into requests, and keeps those that could not be delivered", async () => {
      const run = await from({ kind: "events", channel: "plant/1", pattern: { source: ["plant"] } });
      const target = run.one("cloudwatch/eventTarget:EventTarget").inputs;
      const { inputTemplate } = target.inputTransformer as { inputTemplate: string };
      const filled = inputTemplate.replace("<detail>", "{}");
      assert.equal((JSON.parse(filled) as { channel: string }).channel, "plant/1");
      assert.match(String((target.deadLetterConfig as { arn: string }).arn), /undelivered/);
      assert.deepEqual(JSON.parse(String(run.one("cloudwatch/eventRule:EventRule").inputs.eventPattern)), {
        source: ["plant"],
      });
      assert.equal(
        run.one("lambda/permission:Permission", "live-news-permission").inputs.principal,
        "events.amazonaws.com",
      );
    });

    it("reads the later changes of a stream, with the rights for it and a queue for failures", async () => {
      const run = await make({}, (live, key) => {
        const table = { streamArn: live.connectionTableArn, grantStream: () => key.grantDecrypt() };
        live.broadcastFrom("orders", { kind: "stream", channel: "orders", stream: table });
      });
      const mapping = run.one("lambda/eventSourceMapping:EventSourceMapping").inputs;
      assert.equal(mapping.startingPosition, "LATEST");
      assert.deepEqual(mapping.functionResponseTypes, ["ReportBatchItemFailures"]);
      assert.ok((mapping.destinationConfig as { onFailure: { destinationArn: string } }).onFailure.destinationArn);
      assert.equal(environmentOf(run, "live-orders-function").CHANNEL, "orders");
    });

    it("reads a queue, with the rights and the timeout that this needs", async () => {
      const queueArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:outbox`;
      const run = await make({}, (live, key) => live.broadcastFrom("outbox", { kind: "queue", queueArn, key }));
      const policy = run.one("iam/rolePolicy:RolePolicy", "live-outbox-role-policy");
      const receive = run.statements(policy).find(({ Action }) => Action.includes("sqs:ReceiveMessage"));
      assert.deepEqual(receive?.Resource, [queueArn]);
      // AWS refuses a function that may take longer than the queue's messages stay invisible.
      assert.equal(run.one("lambda/function:Function", "live-outbox-function").inputs.timeout, 30);
    });

    it("subscribes to a topic", async () => {
      const run = await make({}, (live, key) => {
        live.broadcastFrom("news", { kind: "topic", topic: new NotificationTopic("news", { key }) });
      });
      assert.equal(run.one("sns/topicSubscription:TopicSubscription").inputs.protocol, "lambda");
      assert.equal(environmentOf(run, "live-news-function").CHANNEL, undefined);
    });

    const refused: readonly (readonly [string, unknown, RegExp])[] = [
      ["an unknown kind", { kind: "mail" }, /broadcastFrom.news.kind is "mail"; allowed: events, topic, stream, queue/],
      ["a channel of everybody", { kind: "events", pattern: { source: ["a"] }, channel: "$all" }, /channel is "\$all"/],
      ["an empty pattern", { kind: "events", pattern: {} }, /pattern is \{\}; allowed: an event pattern/],
    ];
    for (const [what, source, message] of refused) {
      it(`refuses ${what}`, () => assert.rejects(from(source as BroadcastSource), message));
    }

    it("refuses events under a key that EventBridge cannot use", async () => {
      const events: BroadcastSource = { kind: "events", pattern: { source: ["a"] } };
      await assert.rejects(
        make({}, (live) => live.broadcastFrom("news", events), ["cloudwatch-logs"]),
        /broadcastFrom.news is "a key that EventBridge cannot use"/,
      );
    });
  });

  const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
    [
      "a selection expression for a path",
      { routeSelectionPath: "$request.body.action" },
      /routeSelectionPath is "\$request.body.action"; allowed: a path in the message/,
    ],
    ["an empty path", { routeSelectionPath: "" }, /routeSelectionPath/],
    ["a path with an empty part", { routeSelectionPath: "a..b" }, /routeSelectionPath/],
    ["the component's own routes", { routes: { $connect: route() } }, /routes is "\$connect"; allowed: any other/],
    ["the route subscribe", { routes: { subscribe: route() } }, /answered by the component itself/],
    ["an unknown route of API Gateway's", { routes: { $message: route() } }, /routes is "\$message"/],
    ["a route with a space", { routes: { "a b": route() } }, /routes is "a b"/],
    [
      "an authorizer on another route than $connect",
      { routes: { chat: { function: FUNCTION, authorizer: { kind: "iam" } } } },
      /routes.chat.authorizer is \{"kind":"iam"\}; allowed: unset: API Gateway authorizes \$connect only/,
    ],
    ["a function that takes too long", { routes: { chat: route({ timeoutMilliseconds: 30_000 }) } }, /50 to 29000/],
    [
      "a schema that is a list",
      { routes: { chat: { function: FUNCTION, messageSchema: [] } } },
      /messageSchema is \[\]/,
    ],
    [
      "no messages a second",
      { routes: { chat: route({ throttling: { messagesPerSecond: 0, burst: 1 } }) } },
      /routes.chat.throttling.messagesPerSecond is 0/,
    ],
    ["an unknown authorizer", { authorizer: { kind: "jwt" } }, /authorizer.kind is "jwt"; allowed: iam, lambda, none/],
    ["an authorizer that sees nothing", { authorizer: { kind: "lambda", function: FUNCTION } }, /at least one header/],
    [
      "a header that is none",
      { authorizer: { kind: "lambda", function: FUNCTION, headers: ["a b"] } },
      /authorizer.headers\[0\] is "a b"/,
    ],
    ["no channels at all", { channels: [] }, /channels is \[\]; allowed: a list of at least 1 entries/],
    ["a * inside a channel", { channels: ["a*b"] }, /channels\[0\] is "a\*b"/],
    ["the stage $default", { stageName: "$default" }, /stageName is "\$default"/],
    ["a burst of a half", { throttling: { messagesPerSecond: 1, burst: 0.5 } }, /throttling.burst is 0.5/],
    ["an unknown level of logs", { executionLogs: "off" }, /executionLogs is "off"; allowed: errors, everything/],
    ["an unknown kind of account logging", { accountLogging: "adopt" }, /accountLogging is "adopt"/],
    ["too many subscriptions", { subscriptionsPerConnection: 1001 }, /1 to 1000/],
    ["too much at a time", { broadcastConcurrency: 0 }, /broadcastConcurrency is 0/],
    ["a restore window of 36 days", { recoveryDays: 36 }, /recoveryDays is 36/],
    ["an address for a domain", { domain: { name: "wss://live.example.org", certificateArn: "a" } }, /domain.name/],
    ["a path with a slash", { domain: { name: "a.example.org", certificateArn: "a", path: "/v1" } }, /domain.path/],
  ];
  for (const [what, changes, message] of REFUSED) {
    it(`refuses ${what}`, () => assert.rejects(make(changes as Changes), message));
  }

  it("limits bursts to the messages of a second, unless a burst is set", async () => {
    const limits = async (throttling: WebSocketApiArgs["throttling"]): Promise<unknown[]> => {
      const { inputs } = (await make({ throttling })).one("apigatewayv2/stage:Stage");
      return [inputs.defaultRouteSettings.throttlingRateLimit, inputs.defaultRouteSettings.throttlingBurstLimit];
    };
    assert.deepEqual(await limits({ messagesPerSecond: 5 }), [5, 5]);
    assert.deepEqual(await limits({ burst: 7 }), [100, 7]);
  });

  it("reports all problems of its arguments together", async () => {
    const changes = {
      stageName: "a b",
      recoveryDays: 36,
      authorizer: { kind: "lamda", function: FUNCTION },
      routes: { "a b": route(), chat: route({ timeoutMilliseconds: 1 }) },
    };
    await assert.rejects(
      make(changes as Changes),
      (error: Error) =>
        /5 problems/.test(error.message) &&
        [
          'authorizer.kind is "lamda"; allowed: iam, lambda, none (did you mean "lambda"?)',
          'routes is "a b"',
          "routes.chat.timeoutMilliseconds is 1; allowed: a whole number from 50 to 29000",
          'stageName is "a b"',
          "recoveryDays is 36",
        ].every((problem) => error.message.includes(problem)),
    );
  });

  it("refuses a key that CloudWatch Logs cannot use, and a route twice", async () => {
    await assert.rejects(
      make({}, () => undefined, ["events"]),
      /a key that CloudWatch Logs cannot use/,
    );
    await assert.rejects(
      make({ routes: { chat: route() } }, (live) => live.addRoute("chat", { function: FUNCTION })),
      /a route the API does not have yet/,
    );
  });
});
