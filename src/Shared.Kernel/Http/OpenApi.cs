using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Shared.Kernel;

/// <summary>Each module describes itself; the front merges the descriptions into one document, byte for byte the same wherever the modules run.</summary>
internal static class OpenApi
{
    public static void Add(IServiceCollection services, Module module) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // Two modules may both have a Line: a module's schemas carry its name, and one that is nested in a use case the use case's.
        var prefix = char.ToUpperInvariant(module.Name[0]) + module.Name[1..] + ".";
        options.CreateSchemaReferenceId = type => OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } id
            ? type.Type == typeof(ProblemDetails) ? id : prefix + (type.Type.DeclaringType?.Name ?? "") + id
            : null;
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<TakesIdempotencyKey>().Any())
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = "Idempotency-Key",
                    In = ParameterLocation.Header,
                    Required = true,
                    Description = "The same for each repetition of one request; the first success is answered again.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 100 },
                });
            }

            return Task.CompletedTask;
        });
    });

    /// <exception cref="InvalidOperationException">Two modules describe the same path or component differently.</exception>
    public static string Merge(IEnumerable<JsonObject> documents)
    {
        JsonObject paths = [], components = [];
        foreach (var document in documents)
        {
            foreach (var (path, item) in document["paths"]?.AsObject() ?? []) Put(paths, path, item!);
            foreach (var (kind, entries) in document["components"]?.AsObject() ?? [])
                foreach (var (name, entry) in entries!.AsObject()) Put((JsonObject)(components[kind] ??= new JsonObject()), name, entry!);
        }

        components["securitySchemes"] = new JsonObject { ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" } };
        return Sorted(new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject { ["title"] = "Shop", ["version"] = "v1" },
            ["paths"] = paths,
            ["components"] = components,
        })!.ToJsonString();
    }

    private static void Put(JsonObject target, string key, JsonNode value)
    {
        if (target[key] is not { } present) target[key] = value.DeepClone();
        else if (!JsonNode.DeepEquals(present, value)) throw new InvalidOperationException($"Two modules describe '{key}' differently.");
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, Sorted(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
