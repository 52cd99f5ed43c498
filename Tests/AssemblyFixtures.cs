[assembly: AssemblyFixture(typeof(Bzt.Tests.Embedded.SharedSystemEnd))]
[assembly: AssemblyFixture(typeof(Bzt.Tests.Browser.BrowserStageEnd))]
