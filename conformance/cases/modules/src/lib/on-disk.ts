export default "TypeScript on disk" as string;
