using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Shared.Kernel;

/// <summary>A version as an ETag, and If-Match against it (RFC 9110, 13.1.1: strong comparison, <c>*</c> fits any).</summary>
public static class VersionTag
{
    public static string Of(long version) => $"\"{version}\"";
    /// <summary>What is no list of tags fits nothing.</summary>
    public static bool Fits(string ifMatch, long version) => EntityTagHeaderValue.TryParseStrictList([ifMatch], out var tags)
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(new EntityTagHeaderValue(Of(version)), useStrongComparison: true));

    /// <summary>The answer 428 to an update that does not say which version of <paramref name="what"/> it is of.</summary>
    public static ProblemHttpResult Required(string what) => TypedResults.Problem(
        $"If-Match must be given: read the {what} and repeat with its ETag.", statusCode: StatusCodes.Status428PreconditionRequired, extensions: new Dictionary<string, object?> { ["code"] = "if-match.required" });
}
