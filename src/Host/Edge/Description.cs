using System.Text.Json.Nodes;
using Shared.Kernel;

namespace Host;

/// <summary>The OpenAPI document of the whole shop: what each module says of itself, merged, byte for byte the same wherever the modules run.</summary>
internal static class Description
{
    private const string Problem = "application/problem+json";

    public static void Map(WebApplication front, Topology topology) =>
        front.MapGet("/openapi/{version}.json", async Task<IResult> (string version, HttpContext context, IHttpClientFactory clients) =>
            ModulePipeline.Versions.Contains(version) ? await AnswerAsync(version, context, clients, ModularHost.AddressOf(front), topology) : TypedResults.NotFound());

    /// <summary>Every module is asked at the front's own address, as a client would, wherever it runs. What one of them answers instead of its description is the answer.</summary>
    private static async Task<IResult> AnswerAsync(string version, HttpContext context, IHttpClientFactory clients, Uri own, Topology topology)
    {
        using var client = clients.CreateClient();
        var documents = new List<JsonObject>();
        foreach (var module in topology.Here.Concat(topology.Gateway ? topology.Elsewhere.Keys : []).Order(StringComparer.Ordinal))
        {
            using var answer = await client.GetAsync(new Uri(own, $"/{version}/{module}/openapi.json"), context.RequestAborted);
            var text = await answer.Content.ReadAsStringAsync(context.RequestAborted);
            if (!answer.IsSuccessStatusCode)
            {
                if (answer.Headers.RetryAfter is { } pause) context.Response.Headers.RetryAfter = pause.ToString();
                return Results.Text(text, answer.Content.Headers.ContentType?.ToString(), statusCode: (int)answer.StatusCode);
            }

            documents.Add(JsonNode.Parse(text)!.AsObject());
        }

        return Results.Text(Merge(version, documents), "application/json");
    }

    /// <exception cref="InvalidOperationException">Two modules describe the same path or component differently.</exception>
    private static string Merge(string version, IEnumerable<JsonObject> documents)
    {
        JsonObject paths = [], components = [];
        foreach (var document in documents)
        {
            foreach (var (path, item) in document["paths"]?.AsObject() ?? []) Put(paths, path, item!);
            foreach (var (kind, entries) in document["components"]?.AsObject() ?? [])
                foreach (var (name, entry) in entries!.AsObject()) Put((JsonObject)(components[kind] ??= new JsonObject()), name, entry!);
        }

        foreach (var operation in paths.SelectMany(path => path.Value!.AsObject()).Select(method => method.Value!.AsObject())) Complete(operation);
        components["securitySchemes"] = JsonNode.Parse("""{ "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } }""");
        components["responses"] = new JsonObject { ["Problem"] = JsonNode.Parse($$"""{ "description": "The code says why, for programs; the detail says it for people, with the way out.", "content": { "{{Problem}}": { "schema": { "$ref": "#/components/schemas/ProblemDetails" } } } }""") };
        ((JsonObject)(components["schemas"] ??= new JsonObject()))["ProblemDetails"] = JsonNode.Parse("""
            {
              "description": "RFC 9457, with a stable code.",
              "type": "object", "required": ["status", "code", "detail", "traceId"],
              "properties": {
                "title": { "type": "string" }, "status": { "type": "integer", "format": "int32" },
                "code": { "type": "string", "examples": ["not-found"] }, "detail": { "type": "string" }, "traceId": { "type": "string" },
                "errors": { "description": "Of code invalid: every rule that is broken, by field.", "type": "object", "additionalProperties": { "type": "array", "items": { "type": "string" } } }
              },
              "example": { "title": "Bad Request", "status": 400, "code": "invalid", "detail": "The request breaks rules, all of which are listed in errors.", "traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "errors": { "lines": ["must have 1 to 1,000 entries"] } }
            }
            """);
        return Sorted(new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject { ["title"] = "Shop", ["version"] = version, ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" } },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["paths"] = paths,
            ["components"] = components,
        })!.ToJsonString();
    }

    /// <summary>Who may ask, and what is answered instead.</summary>
    private static void Complete(JsonObject operation)
    {
        var anyone = (string?)operation["x-policy"] == "anyone";
        var signedIn = new JsonObject { ["bearer"] = new JsonArray() };
        operation["security"] = anyone ? new JsonArray(new JsonObject(), signedIn) : new JsonArray(signedIn);
        var responses = operation["responses"]!.AsObject();
        foreach (var status in anyone ? ["4XX"] : new[] { "401", "403", "4XX" })
            responses[status] ??= new JsonObject { ["$ref"] = "#/components/responses/Problem" };
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
