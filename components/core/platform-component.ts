import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { Scope, type AwsContext } from "./scope";
import { parseSettings, type Resolved, type Settings } from "./settings";
import { ArgumentCheck, ComponentArgumentError, type ArgumentProblem } from "./validate";

/** The data stages, which are also the folders under `components/`. */
export type Stage = "core" | "storage" | "catalog" | "ingestion" | "migration" | "databases" | "realtime";

/**
 * Base of every component of the platform: its type token is `dataplatform:<stage>:<Component>`, its children are named
 * `<name>-<role>` and have it as parent.
 */
export abstract class PlatformComponent extends pulumi.ComponentResource {
  /** Checks the arguments of methods: a problem is thrown at once. */
  protected readonly check: ArgumentCheck;
  /** What helper functions need to make children of this component. */
  protected readonly scope: Scope;
  /** The name that the component was given. */
  readonly name: string;

  constructor(
    stage: Stage,
    private readonly kind: string,
    name: string,
    options: pulumi.ComponentResourceOptions,
  ) {
    super(`dataplatform:${stage}:${kind}`, name, {}, options);
    this.name = name;
    this.check = new ArgumentCheck(kind, name);
    this.scope = new Scope(name, this, options);
  }

  /**
   * Reads the settings among the arguments and fills in every default. `rules` checks settings with one another. All problems
   * are thrown together, in one `ComponentArgumentError`.
   */
  protected settings<S extends z.ZodObject>(
    schema: S,
    args: Settings<S>,
    rules: (settings: Resolved<S>, check: ArgumentCheck) => void = () => undefined,
  ): Resolved<S> {
    const { settings, problems } = parseSettings(schema, args);
    const all: ArgumentProblem[] = [...problems];
    // A faulty argument has its problem already: rules saw its default instead.
    const isNew = ({ argument }: ArgumentProblem): boolean =>
      !problems.some((known) => argumentOf(known.argument) === argumentOf(argument));
    const check = new ArgumentCheck(this.kind, this.name, (problem) => {
      if (isNew(problem)) all.push(problem);
    });
    if (settings) rules(settings, check);
    if (!settings || all.length > 0) throw new ComponentArgumentError(this.kind, this.name, all);
    return settings;
  }

  /** Options of a child that holds no data. */
  protected child(extra?: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
    return this.scope.child(extra);
  }

  /** Options of a child that holds data, or is what the component is about: the caller's own options reach it. */
  protected mainChild(extra?: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
    return this.scope.mainChild(extra);
  }

  /** Account, region and partition of the component's own provider. */
  protected get aws(): AwsContext {
    return this.scope.aws;
  }
}

/** `retention.archiveAfterDays` is a part of the argument `retention`. */
const argumentOf = (path: string): string => path.split(/[.[]/)[0] ?? path;
