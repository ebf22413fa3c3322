import type {
  CommitRequest,
  CommitResponse,
  FailRequest,
  FailResponse,
  FileStatus,
  LeaveRequest,
  PlanRequest,
  PlanResponse,
  ReadyRequest,
  ReleaseRequest,
  ReleaseResponse,
  RenewRequest,
  RenewResponse,
} from "../../contracts/flow";
import { dynamodb } from "../shared/aws";
import { NamedError } from "../shared/errors";
import { batchFile, Ledger, leaseLost } from "../shared/ledger";
import { lambdaHandler, record } from "../shared/observability";
import { UNKNOWN_DATASET } from "../shared/files";
import { commit } from "./commit";
import { environment } from "./environment";
import { fail } from "./fail";
import { plan } from "./plan";

type Request = ReadyRequest | LeaveRequest | PlanRequest | RenewRequest | ReleaseRequest | CommitRequest | FailRequest;
export interface ReadyResponse {
  readonly status: FileStatus;
  /** Another execution, which has the dataset's lease and takes the file. */
  readonly leaseOwner?: string;
}
type Response = ReadyResponse | PlanResponse | RenewResponse | ReleaseResponse | CommitResponse | FailResponse;

/** Runs a dataset once at a time, over all its waiting files, and records in the ledger what became of each. */
export const handler = lambdaHandler(environment, async (request: Request, { LEDGER_TABLE }): Promise<Response> => {
  const ledger = new Ledger(dynamodb(), LEDGER_TABLE);
  switch (request.action) {
    case "ready":
      return ready(ledger, request);
    case "leave":
      return leave(ledger, request);
    case "plan":
      return plan(ledger, request);
    case "renew":
      return renew(ledger, request);
    case "release":
      await ledger.leases.release(request.dataset, request.executionArn);
      return { status: "released" };
    case "commit":
      return commit(ledger, request);
    case "fail":
      return fail(ledger, request);
    default:
      throw new NamedError(
        "InvalidRequest",
        `action is ${JSON.stringify((request as { action?: unknown }).action)}; allowed: ready, leave, plan, renew, release, commit, fail`,
      );
  }
});

/**
 * Queues a file, and tells whether another execution takes it. That one looks at the queue again before it ends, so that most of
 * many executions at once end here.
 */
async function ready(ledger: Ledger, { verdict, executionArn }: ReadyRequest): Promise<ReadyResponse> {
  const status = await ledger.files.markReady(verdict, batchFile(verdict), executionArn, new Date());
  if (status !== "READY" || verdict.trigger === "schedule" || verdict.dataset === undefined) return { status };
  const leaseOwner = await ledger.leases.holder(verdict.dataset, new Date());
  return leaseOwner === undefined || leaseOwner === executionArn ? { status } : { status, leaseOwner };
}

/** Leaves a file where it is. Markers of folders and jobs are no files that an operator has to look at. */
async function leave(ledger: Ledger, { verdict, executionArn }: LeaveRequest): Promise<ReadyResponse> {
  const status = await ledger.files.markUnclaimed(verdict, executionArn, new Date());
  if (verdict.reason !== "marker") record(UNKNOWN_DATASET, { UnclaimedFiles: 1 });
  return { status };
}

async function renew(ledger: Ledger, { dataset, executionArn }: RenewRequest): Promise<RenewResponse> {
  const renewed = await ledger.leases.renew(dataset, executionArn, environment().LEASE_SECONDS, new Date());
  if (!renewed) throw leaseLost(dataset, (await ledger.lease(dataset))?.owner);
  return { status: "renewed" };
}
