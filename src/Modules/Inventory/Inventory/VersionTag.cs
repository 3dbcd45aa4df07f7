using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Inventory;

/// <summary>A version as an ETag, and If-Match against it (RFC 9110, 13.1.1: strong comparison, <c>*</c> fits any).</summary>
internal static class VersionTag
{
    public static string Of(int version) => $"\"{version}\"";

    /// <summary>What is no list of tags fits nothing.</summary>
    public static bool Fits(string ifMatch, int version) =>
        EntityTagHeaderValue.TryParseStrictList([ifMatch], out var tags)
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(new EntityTagHeaderValue(Of(version)), useStrongComparison: true));

    public static ProblemHttpResult Required() => TypedResults.Problem(
        "If-Match must be given: read the threshold and repeat with its ETag.",
        statusCode: StatusCodes.Status428PreconditionRequired,
        extensions: new Dictionary<string, object?> { ["code"] = "if-match.required" });
}
