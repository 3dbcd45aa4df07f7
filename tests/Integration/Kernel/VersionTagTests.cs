using Shared.Kernel;

namespace Integration;

public sealed class VersionTagTests
{
    [Theory]
    [InlineData("\"3\"", true)]
    [InlineData("*", true)]
    [InlineData("\"2\", \"3\"", true)]
    [InlineData("\"2\"", false)]
    [InlineData("W/\"3\"", false)]
    [InlineData("3", false)]
    [InlineData("\"3", false)]
    [InlineData("", false)]
    public void if_match_names_the_version_strongly(string ifMatch, bool fits) => Assert.Equal(fits, VersionTag.Fits(ifMatch, 3));
}
