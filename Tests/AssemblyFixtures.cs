[assembly: AssemblyFixture(typeof(Bzt.Tests.Embedded.SharedSystemEnd))]
